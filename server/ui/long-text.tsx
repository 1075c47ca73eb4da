import { useState } from "preact/hooks";
import { cutText } from "./cut-text.ts";
import { formatCount } from "./format.ts";

interface LongTextProps {
  readonly text: string;
  readonly class?: string;
  /** How much is shown at first. Default 2,000 characters and 40 lines. */
  readonly maxCharacters?: number;
  readonly maxLines?: number;
}

/** A payload's text, its line breaks kept; a long one is cut until the reader asks for all of it. */
export function LongText({ text, class: className = "", maxCharacters, maxLines }: LongTextProps) {
  const [isOpen, setIsOpen] = useState(false);
  const cut = cutText(text, maxCharacters, maxLines);
  const shown = isOpen ? text : cut.text;
  return (
    <>
      <bdi class={`text ${className}`}>{shown}</bdi>
      {cut.isCut && (
        <button type="button" class="more" onClick={() => setIsOpen(!isOpen)}>
          {isOpen ? "Show less" : `Show all ${formatCount(text.length)} characters`}
        </button>
      )}
    </>
  );
}
