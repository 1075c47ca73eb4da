/** One chat message on the wire. */
export interface ChatMessage {
  readonly role: "user" | "assistant" | "system" | "tool" | "developer";
  readonly content?: string | readonly ChatContent[] | null;
  readonly name?: string | null;
  readonly tool_call_id?: string | null;
  readonly tool_calls?: readonly ToolCall[] | null;
}

/** One part of a message that has several. */
export type ChatContent =
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "image_url";
      readonly image_url: { readonly url: string; readonly detail?: "high" | "low" | "auto" };
    };

/** A model's wish to call a tool. */
export interface ToolCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments?: string };
}

/** A tool as a model sees it. */
export interface ToolFunction {
  readonly name: string;
  readonly description: string;
  readonly strict?: boolean;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** A Prompt's details: they decide its version. */
export interface PromptKernel {
  readonly model: string;
  readonly endpoint?: "complete" | "chat" | "edit";
  readonly template?: string | readonly ChatMessage[];
  readonly provider?: string;
  readonly max_tokens?: number;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly stop?: string | readonly string[];
  readonly presence_penalty?: number;
  readonly frequency_penalty?: number;
  readonly other?: Readonly<Record<string, unknown>>;
  readonly seed?: number;
  readonly response_format?: Readonly<Record<string, unknown>>;
  readonly tools?: readonly ToolFunction[];
  readonly linked_tools?: readonly string[];
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** A Flow's details: they decide its version. */
export interface FlowKernel {
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A Tool's details: they decide its version. */
export interface ToolKernel {
  readonly function?: ToolFunction;
  readonly source_code?: string;
  readonly setup_values?: Readonly<Record<string, unknown>>;
  readonly attributes?: Readonly<Record<string, unknown>>;
}
