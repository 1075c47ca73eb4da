import { useState } from "preact/hooks";
import { cutText } from "./cut-text.ts";
import { formatCount } from "./format.ts";

interface LongTextProps {
  readonly text: string;
  readonly class?: string;
}

/** A payload's text, its line breaks kept; a long one is cut until the reader asks for all of it. */
export function LongText({ text, class: className = "" }: LongTextProps) {
  const [isOpen, setIsOpen] = useState(false);
  const cut = cutText(text);
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
