import { useEffect, useRef, useState } from "preact/hooks";
import type { Api } from "./api.ts";
import { Logo } from "./icons.tsx";
import { KeyForm } from "./key-form.tsx";
import { Link } from "./link.tsx";
import { type ListMemory, ListPage } from "./list-page.tsx";
import { Notice } from "./notice.tsx";
import { SignOutButton } from "./sign-out-button.tsx";
import { TracePage } from "./trace-page.tsx";
import { useRoute } from "./use-route.ts";

/** The whole viewer: the bar at the top, and the page that the address asks for. */
export function App({ api }: { readonly api: Api }) {
  const { route, navigate } = useRoute();
  const [needsKey, setNeedsKey] = useState(false);
  const [isSignedIn, setIsSignedIn] = useState(false);
  const listMemory = useRef<ListMemory>({ loaded: undefined });

  useEffect(() => {
    const stop = new AbortController();
    api.session(stop.signal).then((answer) => {
      if (answer.status !== "ok" || stop.signal.aborted) return;
      setIsSignedIn(answer.value.signed_in);
      if (answer.value.key_needed && !answer.value.signed_in) setNeedsKey(true);
    });
    return () => stop.abort();
  }, [api]);

  const onSignedIn = () => {
    setIsSignedIn(true);
    setNeedsKey(false);
  };
  // What was read so far may be of another project than the next key's.
  const onKeyNeeded = () => {
    listMemory.current = { loaded: undefined };
    setIsSignedIn(false);
    setNeedsKey(true);
  };
  const page = () => {
    if (needsKey) return <KeyForm signIn={api.signIn} onSignedIn={onSignedIn} />;
    const shared = { api, navigate, onKeyNeeded };
    switch (route.page) {
      case "list":
        return <ListPage {...shared} memory={listMemory.current} />;
      case "trace":
        return <TracePage key={route.id} {...shared} id={route.id} selectedId={route.selectedId} />;
      case "unknown":
        return <Notice title="There is no such page" />;
    }
  };
  return (
    <div class="shell">
      <header class="top">
        <Link to="/" navigate={navigate} class="brand">
          <Logo /> flowspan
        </Link>
        <nav>
          <Link to="/" navigate={navigate}>
            Traces
          </Link>
        </nav>
        {isSignedIn && <SignOutButton signOut={api.signOut} onSignedOut={onKeyNeeded} />}
      </header>
      {page()}
    </div>
  );
}
