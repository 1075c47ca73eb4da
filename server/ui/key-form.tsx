import { useState } from "preact/hooks";
import { Notice } from "./notice.tsx";

interface KeyFormProps {
  /** A key was sent and not taken. */
  readonly wasRefused: boolean;
  readonly onKey: (key: string) => void;
}

/** Asks for the API key. It goes to `onKey` and nowhere else: no cookie, no storage. */
export function KeyForm({ wasRefused, onKey }: KeyFormProps) {
  const [key, setKey] = useState("");
  const submit = (event: Event) => {
    event.preventDefault();
    if (key.trim() !== "") onKey(key.trim());
  };
  return (
    <Notice title="This server asks for a key">
      <form class="key-form" onSubmit={submit}>
        <label>
          <span>API key</span>
          <input
            type="password"
            autocomplete="off"
            spellcheck={false}
            value={key}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="button is-primary">
          Open
        </button>
      </form>
      {wasRefused && (
        <p class="refused" role="alert">
          The server did not take that key.
        </p>
      )}
      <p class="quiet">The page keeps it until it is closed or loaded again.</p>
    </Notice>
  );
}
