import { useRef, useState } from "preact/hooks";
import type { Api } from "./api.ts";
import { EmptyList } from "./empty-list.tsx";
import { Notice, Trouble } from "./notice.tsx";
import { appendTraces, firstTraces, type LoadedTraces, refreshTraces } from "./trace-list-model.ts";
import { TraceTable } from "./trace-table.tsx";
import { usePolling } from "./use-polling.ts";
import type { Navigate } from "./use-route.ts";

/** What the list keeps while a trace is open, so that going back finds it as it was. */
export interface ListMemory {
  loaded: LoadedTraces | undefined;
}

interface ListPageProps {
  readonly api: Api;
  readonly navigate: Navigate;
  readonly onKeyNeeded: () => void;
  readonly memory: ListMemory;
}

/** The page at `/`: the traces, newest first, read again while the page is visible. */
export function ListPage({ api, navigate, onKeyNeeded, memory }: ListPageProps) {
  const [loaded, setLoaded] = useState(memory.loaded);
  const [trouble, setTrouble] = useState<string | undefined>();
  const [isLoadingMore, setIsLoadingMore] = useState(false);
  const [nowMillis, setNowMillis] = useState(Date.now);
  const lastText = useRef("");
  memory.loaded = loaded;

  usePolling(async (signal) => {
    const answer = await api.traces(undefined, signal);
    if (signal.aborted) return false;
    if (answer.status === "key-needed") {
      onKeyNeeded();
      return false;
    }
    setTrouble(troubleOf(answer));
    setNowMillis(Date.now());
    if (answer.status === "ok" && answer.text !== lastText.current) {
      lastText.current = answer.text;
      setLoaded((now) => (now ? refreshTraces(now, answer.value) : firstTraces(answer.value)));
    }
    return true;
  }, "list");

  const loadMore = async () => {
    setIsLoadingMore(true);
    const cursor = loaded?.next;
    const answer = await api.traces(cursor, new AbortController().signal);
    setIsLoadingMore(false);
    setTrouble(troubleOf(answer));
    if (answer.status !== "ok") return;
    // The list may have started over meanwhile: then this page does not follow its last one.
    setLoaded((now) => (now?.next === cursor ? now && appendTraces(now, answer.value) : now));
  };

  if (loaded === undefined) {
    return trouble === undefined ? <Notice title="Loading" /> : <Notice title={trouble} />;
  }
  return (
    <main class="list">
      <h1>Traces</h1>
      <Trouble reason={trouble} />
      {loaded.traces.length === 0 ? (
        <EmptyList />
      ) : (
        <TraceTable traces={loaded.traces} nowMillis={nowMillis} navigate={navigate} />
      )}
      {loaded.next !== undefined && (
        <button type="button" class="button" disabled={isLoadingMore} onClick={loadMore}>
          {isLoadingMore ? "Loading" : "Load more"}
        </button>
      )}
    </main>
  );
}

function troubleOf(answer: { readonly status: string; readonly reason?: string }) {
  if (answer.status === "ok") return undefined;
  return answer.reason ?? "The server has no list of traces.";
}
