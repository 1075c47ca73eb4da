/**
 * Ways to break the recording side, each of which some test has to see. `scripts/mutation.mjs` applies them one by one.
 *
 * @typedef {object} Break
 * @property {string} name what a user would suffer
 * @property {string} file
 * @property {string} find text that stands in the file exactly once
 * @property {string} replace
 * @property {readonly string[]} tests files or folders that have to see it
 */

const RECORD = "src/record/";
const PROMISES = "test/record/promises/";

/** @type {readonly Break[]} */
export const BREAKS = [
  // run-in-span.ts and wrap-function.ts: the call itself
  {
    name: "this is lost",
    file: `${RECORD}run-in-span.ts`,
    find: "context.with(opened.context, Reflect.apply, undefined, call.fn, self, args)",
    replace: "context.with(opened.context, Reflect.apply, undefined, call.fn, undefined, args)",
    tests: [`${PROMISES}this-and-names.test.ts`],
  },
  {
    name: "an argument is lost",
    file: `${RECORD}run-in-span.ts`,
    find: "context.with(opened.context, Reflect.apply, undefined, call.fn, self, args)",
    replace:
      "context.with(opened.context, Reflect.apply, undefined, call.fn, self, args.slice(0, 1))",
    tests: [`${PROMISES}values-and-errors.test.ts`, "test/record/wrap-function.test.ts"],
  },
  {
    name: "a sync throw is swallowed",
    file: `${RECORD}run-in-span.ts`,
    find: "    opened.log.fail(error);\n    throw error;",
    replace: "    opened.log.fail(error);\n    return undefined;",
    tests: [`${PROMISES}values-and-errors.test.ts`],
  },
  {
    name: "another error object is thrown",
    file: `${RECORD}run-in-span.ts`,
    find: "    opened.log.fail(error);\n    throw error;",
    replace: "    opened.log.fail(error);\n    throw new Error(String(error));",
    tests: [`${PROMISES}values-and-errors.test.ts`],
  },
  {
    name: "a span of a call that throws never ends",
    file: `${RECORD}run-in-span.ts`,
    find: "    opened.log.fail(error);\n    throw error;",
    replace: "    throw error;",
    tests: [`${PROMISES}values-and-errors.test.ts`, `${PROMISES}errors.test.ts`],
  },
  {
    name: "the span's context is not active inside",
    file: `${RECORD}run-in-span.ts`,
    find: "context.with(opened.context, Reflect.apply, undefined, call.fn, self, args)",
    replace: "Reflect.apply(call.fn, self, args)",
    tests: [`${PROMISES}nesting.test.ts`],
  },
  {
    name: "a path function that throws breaks the call",
    file: `${RECORD}run-in-span.ts`,
    find: 'askOption("path", () => Reflect.apply(path, self, args))',
    replace: "Reflect.apply(path, self, args)",
    tests: ["test/record/wrap-function.test.ts", PROMISES],
  },
  {
    name: "calls are recorded while nobody has registered a provider",
    file: `${RECORD}run-in-span.ts`,
    find: "  if (isTracingOff()) return undefined;",
    replace: "",
    tests: [`${PROMISES}off.test.ts`],
  },
  {
    name: "inputs of sampled out calls are serialised",
    file: `${RECORD}run-in-span.ts`,
    find: "    if (log.recording) {",
    replace:
      "    recordInputs(log, settings, call.fn, self, args);\n    JSON.stringify(args);\n    if (log.recording) {",
    tests: [`${PROMISES}off.test.ts`],
  },
  {
    name: "a wrapper loses its name, length and properties",
    file: `${RECORD}wrap-function.ts`,
    find: "const wrapper = new Proxy(fn, {",
    replace: "const wrapper = new Proxy(((...args: never[]) => fn(...args)) as F, {",
    tests: [`${PROMISES}this-and-names.test.ts`],
  },
  {
    name: "a wrapper's source text is native code",
    file: `${RECORD}wrap-function.ts`,
    find: "value === sourceOf ? sourceOf.bind(target) : value",
    replace: "value",
    tests: [`${PROMISES}this-and-names.test.ts`],
  },
  {
    name: "wrapping again with the same path makes two spans",
    file: `${RECORD}wrap-function.ts`,
    find: "mark !== undefined && mark.type === type && mark.path === path",
    replace: "false",
    tests: [PROMISES],
  },
  {
    name: "a generator's span opens at the call",
    file: `${RECORD}wrap-function.ts`,
    find: "return /GeneratorFunction\\]$/.test(Object.prototype.toString.call(fn));",
    replace: "return fn === undefined;",
    tests: [`${PROMISES}generators.test.ts`],
  },
  {
    name: "a generator is eager",
    file: `${RECORD}wrap-function.ts`,
    find: "  const generator = Reflect.apply(call.fn, self, args) as object;",
    replace:
      "  const made = Reflect.apply(call.fn, self, args) as object;\n  const generator = (Symbol.iterator in made ? [...(made as Iterable<unknown>)].values() : made) as object;",
    tests: [`${PROMISES}generators.test.ts`],
  },

  // observe*.ts: results whose work goes on
  {
    name: "a rejection is swallowed",
    file: `${RECORD}observe-promise.ts`,
    find: "    if (!given) throw error;",
    replace: "",
    tests: [`${PROMISES}native-promises.test.ts`, `${PROMISES}values-and-errors.test.ts`],
  },
  {
    name: "a rejection that somebody handles is raised all the same",
    file: `${RECORD}observe-promise.ts`,
    find: "  // Only named ones: the symbols",
    replace: "  promise.then(settle);\n  // Only named ones: the symbols",
    tests: [`${PROMISES}native-promises.test.ts`],
  },
  {
    name: "properties on a promise are lost",
    file: `${RECORD}observe-promise.ts`,
    find: "    Reflect.defineProperty(derived, name, property);",
    replace: "",
    tests: [`${PROMISES}native-promises.test.ts`],
  },
  {
    name: "a promise of a subclass is replaced by its derived one",
    file: `${RECORD}observe.ts`,
    find: 'dataProperty(value, "constructor") === Promise',
    replace: "value !== null",
    tests: [`${PROMISES}promise-subclasses.test.ts`],
  },
  {
    name: "a lazy thenable is started",
    file: `${RECORD}observe-thenable.ts`,
    find: "  endAtCollection(thenable, log);",
    replace: "  (thenable as PromiseLike<unknown>).then(() => {}, () => {});",
    tests: [`${PROMISES}promise-subclasses.test.ts`],
  },
  {
    name: "a thenable's handlers run in the span's context",
    file: `${RECORD}observe-thenable.ts`,
    find: "[context.bind(consumer, fulfilled), context.bind(consumer, rejected), ...more]",
    replace: "[fulfilled, rejected, ...more]",
    tests: ["test/record/thenables.test.ts", `${PROMISES}promise-subclasses.test.ts`],
  },
  {
    name: "withResponse() ends the span with the bare response",
    file: `${RECORD}observe-thenable.ts`,
    find: "(isParsed ? response : take(response))",
    replace: "take(response)",
    tests: ["test/record/clients"],
  },
  {
    name: "the generator's code runs outside of the span's context",
    file: `${RECORD}observe-iterator.ts`,
    find: "result = context.with(span.context, step);",
    replace: "result = step();",
    tests: [`${PROMISES}generator-context.test.ts`],
  },
  {
    name: "an early break looks like a whole run",
    file: `${RECORD}observe-iterator.ts`,
    find: 'name === "return" ? "cancelled" : "ok"',
    replace: '"ok"',
    tests: [`${PROMISES}generator-ends.test.ts`],
  },
  {
    name: "a generator that throws leaves its span open",
    file: `${RECORD}observe-iterator.ts`,
    find: "    chunks?.fail(error);\n",
    replace: "",
    tests: [`${PROMISES}generator-ends.test.ts`],
  },
  {
    name: "an SDK's tee() is not watched",
    file: `${RECORD}observe-iterable.ts`,
    find: '  watch("iterator");\n',
    replace: "",
    tests: ["test/record/clients"],
  },
  {
    name: "a piped stream is read ahead of its reader",
    file: `${RECORD}observe-readable-stream.ts`,
    find: "{ highWaterMark: 0 }",
    replace: "{ highWaterMark: 4 }",
    tests: ["test/record/pipes.test.ts", `${PROMISES}web-stream-pace.test.ts`],
  },
  {
    name: "both branches of a tee record each chunk",
    file: `${RECORD}observe-readable-stream.ts`,
    find: "else if (at++ === chunks.count) chunks.add(step.value);",
    replace: "else chunks.add(step.value);",
    tests: ["test/record/pipes.test.ts"],
  },
  {
    name: "cancelling one branch of a tee ends the span",
    file: `${RECORD}observe-readable-stream.ts`,
    find: "if (--reading === 0) cancelled();",
    replace: "cancelled();",
    tests: ["test/record/streams.test.ts"],
  },
  {
    name: "a reader that lets go ends the span",
    file: `${RECORD}observe-readable-stream.ts`,
    find: "if (!isReader || stream.locked) chunks.fail(error);",
    replace: "chunks.fail(error);",
    tests: ["test/record/streams.test.ts"],
  },
  {
    name: "a watched stream's source runs outside of the span's context",
    file: `${RECORD}observe-readable-stream.ts`,
    find: "context.with(opened.context, run as (...args: unknown[]) => T, self, ...args)",
    replace: "Reflect.apply(run as (...args: unknown[]) => T, self, args)",
    tests: ["test/record/streams.test.ts"],
  },
  {
    name: "the context leaks out of a Node stream to its listeners",
    file: `${RECORD}observe-emitter.ts`,
    find: "isInside ? context.with(consumer, run) : run()",
    replace: "run()",
    tests: ["test/record/node-streams.test.ts"],
  },
  {
    name: "a Node stream is set flowing",
    file: `${RECORD}observe-emitter.ts`,
    find: "  if (!watched) return false;",
    replace:
      '  (emitter as NodeJS.EventEmitter).on("data", () => {});\n  if (!watched) return false;',
    tests: ["test/record/node-streams.test.ts"],
  },
  {
    name: "a stream that is thrown away keeps its span open",
    file: `${RECORD}end-at-collection.ts`,
    find: "  ABANDONED.register(object, log, log);",
    replace: "",
    tests: [`${PROMISES}collection.test.ts`],
  },
  {
    name: "a Response is taken for a value",
    file: `${RECORD}observe.ts`,
    find: "if (isInstance(result, Response)) return observeResponse(result, opened);",
    replace: "",
    tests: ["test/record/responses.test.ts"],
  },

  // what is recorded, and when
  {
    name: "an aborted call looks like a failure",
    file: `${RECORD}open-log.ts`,
    find: 'isAbort(error) ? "aborted" : "error"',
    replace: '"error"',
    tests: [`${PROMISES}outcomes.test.ts`],
  },
  {
    name: "a failed call's status stays unset",
    file: `${RECORD}open-log.ts`,
    find: "      this.#span.setStatus({ code: SpanStatusCode.ERROR, message });\n",
    replace: "",
    tests: [`${PROMISES}errors.test.ts`],
  },
  {
    name: "the chain of causes is lost",
    file: "src/base/error-text.ts",
    find: 'errorProperty(at, "cause")',
    replace: "undefined",
    tests: [`${PROMISES}errors.test.ts`],
  },
  {
    name: "content mode none records payloads",
    file: `${RECORD}open-log.ts`,
    find: 'if (field.payload && (this.policy.content === "none" || this.unsaved)) return;',
    replace: "",
    tests: [`${PROMISES}content.test.ts`],
  },
  {
    name: "content mode log writes payloads on the span",
    file: `${RECORD}open-log.ts`,
    find: 'if (!payload || this.policy.content === "span")',
    replace: "if (attribute)",
    tests: [`${PROMISES}content.test.ts`],
  },
  {
    name: "of two policies the laxer one holds",
    file: `${RECORD}policy.ts`,
    find: '["none", "log", "span"]',
    replace: '["span", "log", "none"]',
    tests: [`${PROMISES}content.test.ts`],
  },
  {
    name: "a result wins over record()",
    file: `${RECORD}result.ts`,
    find: "if (output === false || hasOutput(log)) return;",
    replace: "if (output === false) return;",
    tests: ["test/record/log-context.test.ts"],
  },
  {
    name: "an output function that throws breaks the call",
    file: `${RECORD}guard.ts`,
    find: "    leftOut(step,",
    replace: "    throw error;\n    leftOut(step,",
    tests: [PROMISES],
  },
  {
    name: "withLogContext reaches what runs beside it",
    file: `${RECORD}log-context.ts`,
    find: "{ ...outer }",
    replace: "(outer as Record<string, JsonText>)",
    tests: ["test/record/log-context.test.ts", "test/record/context.test.ts"],
  },

  // decorators
  {
    name: "a member's own decorator loses to the class's",
    file: `${RECORD}decorate-class.ts`,
    find: "sharedState().wrapped.has(method)",
    replace: "false",
    tests: ["test/record/decorators-class.test.ts"],
  },
  {
    name: "except is not heeded",
    file: `${RECORD}decorate-class.ts`,
    find: "except.includes(name) || ",
    replace: "",
    tests: ["test/record/decorators.test.ts", "test/record"],
  },
  {
    name: "a getter may be decorated and is called as a method",
    file: `${RECORD}decorate.ts`,
    find: 'if (kind !== "accessor") throw refused(settings, name, kind);',
    replace: 'if (kind !== "accessor") return wrapMember(settings, name, value);',
    tests: ["test/record/decorators.test.ts", "test/record"],
  },

  // templates and carriers
  {
    name: "a name without a value is filled with nothing",
    file: `${RECORD}render-prompt.ts`,
    find: "  if (missing.size > 0) {",
    replace: "  if (missing.size > 99) {",
    tests: ["test/record/render-prompt.test.ts"],
  },
  {
    name: "a template finds inherited properties",
    file: `${RECORD}render-prompt.ts`,
    find: "Object.hasOwn(inputs, name) ?",
    replace: "name in inputs ?",
    tests: ["test/record/render-prompt.test.ts"],
  },
  {
    name: "a parent in another trace is taken",
    file: "src/base/remote-parent.ts",
    find: "rootId !== undefined && ofTrace === traceId",
    replace: "rootId !== undefined",
    tests: ["test/record/carrier.test.ts"],
  },
  {
    name: "a stranger's baggage is taken where none is accepted",
    file: "src/base/log-above.ts",
    find: "if (acceptRemoteParent === false) return undefined;",
    replace: "",
    tests: ["test/otel/over-http.test.ts"],
  },
  {
    name: "an open log of another trace is taken for the parent",
    file: "src/base/log-above.ts",
    find: "if (open && isOfTrace(open, traceId)) return open;",
    replace: "if (open) return open;",
    tests: ["test/record/baggage.test.ts"],
  },
  {
    name: "deleted baggage comes back",
    file: `${RECORD}inner-context.ts`,
    find: "key === BAGGAGE_KEY ? null : undefined",
    replace: "undefined",
    tests: ["test/record/baggage.test.ts"],
  },
  {
    name: "another process's entry is handed on beside our own",
    file: `${RECORD}inner-context.ts`,
    find: "const others = outer?.removeEntry(REMOTE_PARENT);",
    replace: "const others = outer;",
    tests: ["test/record/baggage.test.ts"],
  },
  {
    name: "reading one's baggage counts as sending the trace elsewhere",
    file: `${RECORD}inner-context.ts`,
    find: "baggage.getAllEntries = () => {",
    replace: "baggage.getEntry = () => {",
    tests: ["test/record/baggage.test.ts"],
  },
  {
    name: "a context of ours stands on another, call by call",
    file: `${RECORD}inner-context.ts`,
    find: "base instanceof InnerContext ? base.#base : base",
    replace: "base",
    tests: ["test/record/baggage.test.ts"],
  },

  // base/
  {
    name: "a getter is run",
    file: "src/base/encode-any.ts",
    find: 'if (!("value" in property)) return this.#mark("getter");',
    replace: "property.value ??= (object as Record<string, unknown>)[key];",
    tests: ["test/base/encode.test.ts"],
  },
  {
    name: "toJSON of the user's is run",
    file: "src/base/encode-plain.ts",
    find: "|| hasToJson(object)) {",
    replace: ") {",
    tests: ["test/base/encode.test.ts", "test/base"],
  },
  {
    name: "a cycle is followed",
    file: "src/base/encode-any.ts",
    find: 'if (this.#open.has(object)) return this.#mark("circular");',
    replace: "",
    tests: ["test/base/encode.test.ts"],
  },
  {
    name: "the depth's bound is not kept",
    file: "src/base/encode-any.ts",
    find: "if (depth >= MAX_DEPTH) return",
    replace: "if (depth >= 2 * MAX_DEPTH) return",
    tests: ["test/base/encode.test.ts"],
  },
  {
    name: "a proxy whose traps throw fails the call",
    file: "src/base/data-property.ts",
    find: "  } catch {\n    // A revoked proxy, or one whose traps throw.\n  }",
    replace: "  } finally {\n    // A revoked proxy, or one whose traps throw.\n  }",
    tests: ["test/record"],
  },
  {
    name: "what an object inherits is not seen",
    file: "src/base/data-property.ts",
    find: "step <= MAX_PROTOTYPES; step++",
    replace: "step < 1; step++",
    tests: ["test/record"],
  },
  {
    name: "a secret is recorded",
    file: "src/base/mask.ts",
    find: "if (named.search(MAYBE_SECRET) === -1) return named;",
    replace: "if (named.length > 0) return named;",
    tests: ["test/base/mask.test.ts"],
  },
  {
    name: "a secret key's value is recorded",
    file: "src/base/encode-any.ts",
    find: "if (isSecretKey(key)) return this.#take(JSON.stringify(MASKED));",
    replace: "",
    tests: ["test/base/encode.test.ts"],
  },
  {
    name: "a mask that throws leaves the text as it was",
    file: "src/base/encode-limits.ts",
    find: 'if (typeof kept !== "string") throw new MaskFailed();',
    replace: 'if (typeof kept !== "string") return masked;',
    tests: ["test/base/encode.test.ts"],
  },
  {
    name: "the byte cap is not kept",
    file: "src/base/encode-any.ts",
    find: "if (bytes <= left && text.length <= left) return",
    replace: "if (bytes >= 0) return",
    tests: ["test/base/encode.test.ts"],
  },
];
