import { useState } from "preact/hooks";

interface CopyButtonProps {
  readonly text: string;
  readonly label: string;
}

/** How long the button says that it is done, in milliseconds. */
const DONE_MILLIS = 1500;

/**
 * Copies a text. Browsers give the clipboard to safe origins only (https and this machine);
 * elsewhere the button says so, and the text is there to be marked by hand.
 */
export function CopyButton({ text, label }: CopyButtonProps) {
  const [said, setSaid] = useState<string | undefined>();
  const copy = async () => {
    setSaid(await copyText(text));
    setTimeout(() => setSaid(undefined), DONE_MILLIS);
  };
  return (
    <button type="button" class="button is-small" onClick={copy} aria-live="polite">
      {said ?? label}
    </button>
  );
}

async function copyText(text: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied";
  } catch {
    return "Not allowed here";
  }
}
