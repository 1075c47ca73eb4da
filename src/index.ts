export type { ToolChoice } from "./base/tool-choice.ts";
export type {
  AnyClass,
  ClassLogDecorator,
  LogDecorator,
  LogWrapper,
  OptionsOf,
} from "./record/create-wrapper.ts";
export {
  type Carrier,
  carrier,
  currentLog,
  flow,
  type LogHandle,
  type LogReference,
  type MessagesKernel,
  prompt,
  type Rendered,
  record,
  renderPrompt,
  resume,
  type TextKernel,
  tool,
  withLogContext,
} from "./record/index.ts";
export type {
  AnyFunction,
  ChatMessage,
  ClassOptions,
  CommonOptions,
  ContextFields,
  FixedFields,
  FlowOptions,
  PromptKernel,
  PromptOptions,
  RecordFields,
  ToolKernel,
  ToolOptions,
} from "./record/types.ts";
