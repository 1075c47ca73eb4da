/** Cuts text that comes in pieces of any length into frames, each one a JSON text. */
export interface Framing {
  /** The frames that are whole now. */
  add(piece: string): readonly string[];
  /** The frame that was begun, at the end; `undefined` for none. */
  rest(): string | undefined;
  /** How many frames were longer than the cap, and are lost. */
  readonly lost: number;
}

/** One incomplete frame, held up to the cap. */
class HeldFrame {
  lost = 0;
  isLost = false;
  #text = "";
  readonly #maxChars: number;

  constructor(maxChars: number) {
    this.#maxChars = maxChars;
  }

  add(text: string): void {
    if (this.isLost || text === "") return;
    if (this.#text.length + text.length > this.#maxChars) this.lose();
    else this.#text += text;
  }

  lose(): void {
    if (!this.isLost) this.lost += 1;
    this.isLost = true;
    this.#text = "";
  }

  take(): string | undefined {
    const text = this.#text.trim();
    this.#text = "";
    this.isLost = false;
    return text === "" ? undefined : text;
  }
}

/** Each line of the text (NDJSON). */
export function lines(maxChars: number): Framing {
  const held = new HeldFrame(maxChars);
  const cut = lineCutter();
  return {
    add: (piece) => {
      const frames: string[] = [];
      for (const [index, part] of cut(piece).entries()) {
        if (index > 0) push(frames, held.take());
        held.add(part);
      }
      return frames;
    },
    rest: () => held.take(),
    get lost() {
      return held.lost;
    },
  };
}

/**
 * The data of each server-sent event, its lines joined. An event that the end of the text cut off
 * counts, too.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function eventData(maxChars: number): Framing {
  const data = new HeldFrame(maxChars + "\n".length);
  const line = new HeldFrame(maxChars + "data: ".length);
  const cut = lineCutter();
  const endLine = (): string | undefined => {
    const { isLost } = line;
    const text = line.take();
    if (text === undefined && !isLost) return data.take();
    if (isLost) data.lose();
    else if (text?.startsWith("data:")) data.add(`${text.slice("data:".length).trimStart()}\n`);
    return undefined;
  };
  return {
    add: (piece) => {
      const frames: string[] = [];
      for (const [index, part] of cut(piece).entries()) {
        if (index > 0) push(frames, endLine());
        line.add(part);
      }
      return frames;
    },
    rest: () => endLine() ?? data.take(),
    get lost() {
      return data.lost;
    },
  };
}

/** Splits pieces into lines; CR and LF of one line's end may come in different pieces. */
function lineCutter(): (piece: string) => readonly string[] {
  let endedWithReturn = false;
  return (piece) => {
    const text = endedWithReturn && piece.startsWith("\n") ? piece.slice(1) : piece;
    if (piece !== "") endedWithReturn = piece.endsWith("\r");
    return text.split(/\r\n?|\n/);
  };
}

/**
 * Each element of a JSON array, as soon as it is whole (Gemini's stream without `alt=sse`). A text
 * that is no array is one frame.
 */
export function jsonValues(maxChars: number): Framing {
  const held = new HeldFrame(maxChars);
  let isArray: boolean | undefined;
  let depth = 0;
  let inString = false;
  let isEscaped = false;

  const cutElements = (piece: string, from: number): readonly string[] => {
    const frames: string[] = [];
    let start = from;
    const endElement = (end: number, next: number): void => {
      held.add(piece.slice(start, end));
      push(frames, held.take());
      start = next;
    };
    for (let at = from; at < piece.length && isArray; at++) {
      const sign = piece[at];
      if (isEscaped) isEscaped = false;
      else if (inString) {
        if (sign === "\\") isEscaped = true;
        else if (sign === '"') inString = false;
      } else if (sign === '"') inString = true;
      else if (sign === "{" || sign === "[") depth += 1;
      else if (sign === "," && depth === 0) endElement(at, at + 1);
      else if (sign === "}" || sign === "]") {
        depth -= 1;
        if (depth === 0) endElement(at + 1, at + 1);
        if (depth >= 0) continue;
        endElement(at, piece.length);
        isArray = false;
      }
    }
    held.add(piece.slice(start));
    return frames;
  };

  return {
    add: (piece) => {
      let from = 0;
      if (isArray === undefined) {
        from = piece.search(/\S/);
        if (from < 0) return [];
        isArray = piece[from] === "[";
        if (isArray) from += 1;
      }
      if (isArray) return cutElements(piece, from);
      held.add(piece);
      return [];
    },
    rest: () => held.take(),
    get lost() {
      return held.lost;
    },
  };
}

function push(frames: string[], frame: string | undefined): void {
  if (frame !== undefined) frames.push(frame);
}
