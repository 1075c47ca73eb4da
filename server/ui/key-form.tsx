import { useState } from "preact/hooks";
import type { Answer } from "./api.ts";
import { Notice } from "./notice.tsx";

interface KeyFormProps {
  readonly signIn: (key: string) => Promise<Answer<undefined>>;
  readonly onSignedIn: () => void;
}

/** Asks for an API key. It goes to `signIn` once and is then forgotten here. */
export function KeyForm({ signIn, onSignedIn }: KeyFormProps) {
  const [key, setKey] = useState("");
  const [isAsking, setIsAsking] = useState(false);
  const [refusal, setRefusal] = useState<string | undefined>();

  const submit = async (event: Event) => {
    event.preventDefault();
    if (key.trim() === "" || isAsking) return;
    setKey("");
    setIsAsking(true);
    const answer = await signIn(key.trim());
    setIsAsking(false);
    if (answer.status === "ok") onSignedIn();
    else setRefusal(refusalOf(answer));
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
        <button type="submit" class="button is-primary" disabled={isAsking}>
          Sign in
        </button>
      </form>
      {refusal !== undefined && (
        <p class="refused" role="alert">
          {refusal}
        </p>
      )}
      <p class="quiet">The key is sent once. This browser stays signed in for 12 hours, to read.</p>
    </Notice>
  );
}

function refusalOf(answer: Answer<undefined>): string {
  if (answer.status === "failed") return answer.reason;
  return "The server did not take that key.";
}
