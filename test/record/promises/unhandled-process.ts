import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { FORMS, type FormName, type TypeName } from "./forms.ts";

// A program whose one call fails. Its arguments: `bare`, or a form and a type.

const [form = "bare", type = "flow"] = process.argv.slice(2);

trace.setGlobalTracerProvider(new BasicTracerProvider());
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

const fail = async (): Promise<never> => {
  await undefined;
  throw new RangeError("nobody handles this");
};
const go = form === "bare" ? fail : FORMS[form as FormName].wrap(type as TypeName, "go", fail);
void go();
