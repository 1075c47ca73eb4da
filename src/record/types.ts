import type { ToolChoice } from "../base/tool-choice.ts";

/**
 * Any function. The one place with `any`: TypeScript checks a decorated method against this
 * constraint in both directions, so `unknown` and `never` would refuse methods with a `this`
 * type or with parameters.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyFunction<This = any> = (this: This, ...args: any[]) => any;

/** A chat message as the Log API has it. */
export interface ChatMessage {
  readonly role: "user" | "assistant" | "system" | "tool" | "developer" | (string & {});
  readonly content?: unknown;
  readonly name?: string | null;
  readonly tool_call_id?: string | null;
  readonly tool_calls?: readonly unknown[] | null;
}

/** A Prompt's definition: each change of it is a new version. Wire names, passed as they are. */
export interface PromptKernel {
  /** The model that is asked for, for example `"gpt-4o"`. */
  readonly model?: string;
  /** Text or messages with `{{name}}` places. */
  readonly template?: string | readonly ChatMessage[];
  readonly provider?: string;
  readonly endpoint?: "complete" | "chat" | "edit";
  readonly max_tokens?: number;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly stop?: string | readonly string[];
  readonly presence_penalty?: number;
  readonly frequency_penalty?: number;
  readonly seed?: number;
  readonly response_format?: object;
  readonly reasoning_effort?: string | number;
  readonly tools?: readonly object[];
  readonly linked_tools?: readonly string[];
  readonly other?: object;
  readonly attributes?: object;
}

/** A Tool's definition. Wire names, passed as they are. */
export interface ToolKernel {
  readonly function?: {
    readonly name: string;
    readonly description: string;
    readonly strict?: boolean;
    /** A JSON schema. */
    readonly parameters?: object;
  };
  readonly source_code?: string;
  readonly setup_values?: object;
  readonly attributes?: object;
}

/** Fields that `withLogContext` sets for every log below it. */
export interface ContextFields {
  /** End user's id. */
  readonly user?: string;
  readonly sessionId?: string;
  /** The label in the log; it selects no version. */
  readonly environment?: string;
  /** Merged with what is set elsewhere; the nearer value wins, key by key. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Where the call was made from. Default: the service's name. */
  readonly source?: string;
  readonly evaluationId?: string;
  readonly runId?: string;
  readonly batches?: readonly string[];
  readonly sourceDatapointId?: string;
  /** False: inputs, messages, outputs and raw bodies are not stored. */
  readonly save?: boolean;
}

/** Fields that are the same for every call of one wrapper. */
export interface FixedFields extends ContextFields {
  /** The File's id, instead of a path. */
  readonly id?: string;
  /** When the log was made. Default: the server's clock. */
  readonly createdAt?: string | Date;
  readonly toolChoice?: ToolChoice;
  /** A Prompt's definition. */
  readonly prompt?: PromptKernel;
  /** A Tool's definition. */
  readonly tool?: ToolKernel;
  /** A Flow's definition: what decides its version. */
  readonly flow?: { readonly attributes: Readonly<Record<string, unknown>> };
}

/** What `record()` takes: any field of the Log API, in camelCase; objects are passed as they are. */
export interface RecordFields extends FixedFields {
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly messages?: readonly ChatMessage[];
  readonly output?: unknown;
  readonly outputMessage?: ChatMessage;
  readonly error?: string;
  readonly promptTokens?: number;
  readonly outputTokens?: number;
  /** In dollars. */
  readonly promptCost?: number;
  /** In dollars. */
  readonly outputCost?: number;
  readonly finishReason?: string;
  readonly startTime?: string | Date;
  readonly endTime?: string | Date;
  /** In seconds. */
  readonly providerLatency?: number;
  readonly stdout?: string;
  readonly providerRequest?: Readonly<Record<string, unknown>>;
  readonly providerResponse?: unknown;
}

/** Options of every wrapper and decorator. */
export interface CommonOptions<F extends AnyFunction = AnyFunction> extends ContextFields {
  /** The File's path, or a function of `this` and the arguments. Default: the function's name. */
  readonly path?: string | ((this: ThisParameterType<F>, ...args: Parameters<F>) => string);
  /** Argument names, a function that gives the inputs, or `false` for none. */
  readonly inputs?:
    | readonly string[]
    | ((this: ThisParameterType<F>, ...args: Parameters<F>) => unknown)
    | false;
  /** A function of the result that gives what to record, or `false` for nothing. */
  readonly output?: ((result: Awaited<ReturnType<F>>) => unknown) | false;
  readonly id?: string;
  /** Logs to this version of the File; no details are sent. */
  readonly versionId?: string;
  /** Logs to the version that is deployed there; no details are sent. */
  readonly deployedEnvironment?: string;
  readonly createdAt?: string | Date;
  /**
   * Also records what the call's code writes to `process.stdout` (`console.log` does) as `stdout`,
   * up to the field's cap. Default: false.
   */
  readonly captureStdout?: boolean;
}

/** What a class's decorator takes besides: which of its own methods are recorded. */
export interface ClassOptions {
  /** The methods to record, by name. Default: all. A name that is no method is a TypeError. */
  readonly only?: readonly string[];
  /** Methods to leave alone, by name. A name that is no method is a TypeError. */
  readonly except?: readonly string[];
}

/** Options of `flow`. */
export interface FlowOptions<F extends AnyFunction = AnyFunction> extends CommonOptions<F> {
  /** The Flow's definition: what decides its version. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Options of `prompt`. */
export interface PromptOptions<F extends AnyFunction = AnyFunction> extends CommonOptions<F> {
  /** The Prompt's kernel: model, template, parameters, tools. */
  readonly prompt?: PromptKernel;
  readonly toolChoice?: ToolChoice;
}

/** Options of `tool`. */
export interface ToolOptions<F extends AnyFunction = AnyFunction> extends CommonOptions<F> {
  /** The Tool's kernel. */
  readonly tool?: ToolKernel;
}
