import { register } from "./sdk.mjs";

register([]);
