import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Api } from "./api.ts";
import { shortLabel } from "./cut-text.ts";
import { foldAll, foldAtFirst, toggleFold, unfoldTo } from "./folding.ts";
import { LogPane } from "./log-pane.tsx";
import { Notice, Trouble } from "./notice.tsx";
import { traceUrl } from "./route.ts";
import { TraceHead } from "./trace-head.tsx";
import { TraceTreeView } from "./trace-tree-view.tsx";
import { buildTree, type TraceTree } from "./tree-model.ts";
import { usePolling } from "./use-polling.ts";
import type { Navigate } from "./use-route.ts";
import type { LogResponse } from "./wire.ts";

interface TracePageProps {
  readonly api: Api;
  readonly navigate: Navigate;
  readonly onKeyNeeded: () => void;
  /** The log of the URL: a trace's root, or a log inside one, which opens its trace. */
  readonly id: string;
  readonly selectedId: string | undefined;
}

/** The page at `/logs/{id}`: one trace, read again until it is complete. */
export function TracePage({ api, navigate, onKeyNeeded, id, selectedId }: TracePageProps) {
  const [rootLog, setRootLog] = useState<LogResponse | undefined>();
  const [trouble, setTrouble] = useState<string | undefined>();
  const lastText = useRef("");

  usePolling(async (signal) => {
    const answer = await api.log(id, signal);
    if (signal.aborted) return false;
    switch (answer.status) {
      case "key-needed":
        onKeyNeeded();
        return false;
      case "missing":
        // A log's URL is known before the log is sent, so it may still come.
        setTrouble("There is no such log here yet.");
        return true;
      case "failed":
        setTrouble(answer.reason);
        return true;
    }
    const { value: log, text } = answer;
    const lacksRoot = Boolean(log.trace_id) && !log.trace_flow_id;
    if (log.trace_id && log.trace_id !== id && !lacksRoot) {
      navigate(traceUrl(log.trace_id, selectedId ?? id), { replace: true });
      return false;
    }
    setTrouble(lacksRoot ? "The logs above this one are not here yet." : undefined);
    if (text !== lastText.current) setRootLog(log);
    lastText.current = text;
    return lacksRoot || statusOf(log) === "incomplete";
  }, id);

  const tree = useMemo(() => rootLog && buildTree(rootLog), [rootLog]);
  if (tree === undefined) {
    if (trouble === undefined) return <Notice title="Loading" />;
    return <Notice title={trouble}>Looking again every few seconds.</Notice>;
  }
  return <OpenTrace tree={tree} selectedId={selectedId} navigate={navigate} trouble={trouble} />;
}

interface OpenTraceProps {
  readonly tree: TraceTree;
  readonly selectedId: string | undefined;
  readonly navigate: Navigate;
  readonly trouble: string | undefined;
}

function OpenTrace({ tree, selectedId, navigate, trouble }: OpenTraceProps) {
  const rootId = tree.root.log.id;
  const selected = tree.byId.get(selectedId ?? rootId) ?? tree.root;
  const [ownFolded, setFolded] = useState(() => foldAtFirst(tree));
  // The selected log is always in sight, wherever its selection came from.
  const folded = useMemo(
    () => unfoldTo(selected.log.id, tree, ownFolded),
    [selected, tree, ownFolded],
  );

  useEffect(() => {
    document.title = `${shortLabel(tree.root.path, 80)} · flowspan`;
    return () => {
      document.title = "flowspan";
    };
  }, [tree]);

  const select = (id: string, how?: { readonly replace: boolean }) => {
    setFolded(folded);
    if (id !== selected.log.id) navigate(traceUrl(rootId, id), how);
  };
  const toggle = (id: string) => {
    const turned = toggleFold(id, folded);
    setFolded(turned);
    const hidesSelected = unfoldTo(selected.log.id, tree, turned).size < turned.size;
    if (hidesSelected) navigate(traceUrl(rootId, id), { replace: true });
  };
  return (
    <main class="trace">
      <TraceHead tree={tree} status={statusOf(tree.root.log)} />
      <Trouble reason={trouble} />
      <div class="panes">
        <TraceTreeView
          tree={tree}
          folded={folded}
          selected={selected}
          onSelect={select}
          onFold={toggle}
          onFoldAll={() => setFolded(foldAll(tree))}
          onUnfoldAll={() => setFolded(new Set())}
        />
        <LogPane key={selected.log.id} node={selected} />
      </div>
    </main>
  );
}

function statusOf(log: LogResponse) {
  return log.trace_status ?? log.log_status ?? undefined;
}
