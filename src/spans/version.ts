/** This library's version, as the instrumentation scope carries it. */
export const VERSION = "0.1.0";
