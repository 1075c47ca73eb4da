import { useRef, useState } from "preact/hooks";
import type { Api } from "./api.ts";
import { Logo } from "./icons.tsx";
import { KeyForm } from "./key-form.tsx";
import { Link } from "./link.tsx";
import { type ListMemory, ListPage } from "./list-page.tsx";
import { Notice } from "./notice.tsx";
import { TracePage } from "./trace-page.tsx";
import { useRoute } from "./use-route.ts";

/** The whole viewer: the bar at the top, and the page that the address asks for. */
export function App({ api }: { readonly api: Api }) {
  const { route, navigate } = useRoute();
  const [needsKey, setNeedsKey] = useState(false);
  const listMemory = useRef<ListMemory>({ loaded: undefined });

  const giveKey = (key: string) => {
    api.useKey(key);
    setNeedsKey(false);
  };
  const page = () => {
    if (needsKey) return <KeyForm wasRefused={api.hasKey()} onKey={giveKey} />;
    const shared = { api, navigate, onKeyNeeded: () => setNeedsKey(true) };
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
      </header>
      {page()}
    </div>
  );
}
