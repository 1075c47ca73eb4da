const bare = (_name, fn) => fn;

/** The workload without any tracing. */
export function setUp() {
  return { wrap: { flow: bare, prompt: bare, tool: bare }, flush: async () => {} };
}
