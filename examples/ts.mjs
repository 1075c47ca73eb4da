import { register } from "node:module";

/**
 * Lets Node run the TypeScript of these examples: `node --import ./examples/ts.mjs examples/02-decorate-a-class.ts`.
 * Node can strip types, but it parses no decorators; a program of your own is compiled by its bundler.
 */
register("./ts-hooks.mjs", import.meta.url);
