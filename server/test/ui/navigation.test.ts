import { describe, expect, it } from "vitest";
import { parseRoute, traceUrl } from "../../ui/route.ts";
import { appendTraces, firstTraces, refreshTraces } from "../../ui/trace-list-model.ts";
import type { TraceSummary } from "../../ui/wire.ts";

describe("routes", () => {
  it.each([
    ["/", "", { page: "list" }],
    ["/logs/log_1", "", { page: "trace", id: "log_1", selectedId: undefined }],
    ["/logs/log_1/", "?log=log_2", { page: "trace", id: "log_1", selectedId: "log_2" }],
    ["/logs/a%2Fb%20c", "", { page: "trace", id: "a/b c", selectedId: undefined }],
    ["/logs/%E0%A4%A", "", { page: "unknown" }],
    ["/logs/", "", { page: "unknown" }],
    ["/logs/a/b", "", { page: "unknown" }],
    ["/else", "", { page: "unknown" }],
  ])("%s%s", (pathname, search, expected) => {
    expect(parseRoute(pathname, search)).toEqual(expected);
  });

  it.each(["log_1", "a/b?c#d", "javascript:alert(1)", "<img>", "//evil.example", "ü 😀"])(
    "an id like %s comes back from its own URL",
    (id) => {
      const url = new URL(traceUrl(id, `${id}&x=1`), "http://127.0.0.1");

      expect(url.host).toBe("127.0.0.1");
      expect(parseRoute(url.pathname, url.search)).toEqual({
        page: "trace",
        id,
        selectedId: `${id}&x=1`,
      });
      expect(traceUrl(id, id)).toBe(traceUrl(id));
    },
  );
});

describe("the list of traces", () => {
  const trace = (id: string, log_count = 1): TraceSummary => ({
    id,
    path: id,
    type: "flow",
    error: false,
    log_count,
  });
  const page = (ids: string, next?: string) => ({ traces: [...ids].map((id) => trace(id)), next });
  const ids = (loaded: { traces: readonly TraceSummary[] }) =>
    loaded.traces.map(({ id }) => id).join("");
  const twoPages = appendTraces(firstTraces(page("efg", "g")), page("hij", "j"));

  it("goes on from the last page, and takes a trace that moved between pages once", () => {
    expect([ids(twoPages), twoPages.next]).toEqual(["efghij", "j"]);
    expect(ids(appendTraces(twoPages, page("jk")))).toBe("efghijk");
    expect(appendTraces(twoPages, page("k")).next).toBeUndefined();
  });

  it.each([
    ["nothing new", "efg", "efghij", "j"],
    ["new ones on top", "cde", "cdefghij", "j"],
    ["one was deleted", "egh", "eghij", "j"],
    ["so many that nothing is left in common", "abc", "abc", "c"],
    ["the whole list is empty again", "", "", undefined],
  ])("reads the newest page again: %s", (_name, fresh, expected, next) => {
    const refreshed = refreshTraces(twoPages, page(fresh, fresh.at(-1)));

    expect([ids(refreshed), refreshed.next]).toEqual([expected, next]);
  });

  it("takes a trace as it is now", () => {
    const refreshed = refreshTraces(twoPages, { traces: [trace("e", 9), trace("f"), trace("g")] });

    expect(refreshed.traces[0]?.log_count).toBe(9);
  });
});
