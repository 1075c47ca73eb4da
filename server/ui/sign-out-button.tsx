import { useState } from "preact/hooks";
import type { Answer } from "./api.ts";

interface SignOutButtonProps {
  readonly signOut: () => Promise<Answer<undefined>>;
  readonly onSignedOut: () => void;
}

/** Ends the session at the server. While that can't be reached, nobody is told to be signed out. */
export function SignOutButton({ signOut, onSignedOut }: SignOutButtonProps) {
  const [hasFailed, setHasFailed] = useState(false);
  const leave = async () => {
    const { status } = await signOut();
    setHasFailed(status !== "ok");
    if (status === "ok") onSignedOut();
  };
  return (
    <button type="button" class="button sign-out" onClick={leave}>
      {hasFailed ? "Not signed out. Try again" : "Sign out"}
    </button>
  );
}
