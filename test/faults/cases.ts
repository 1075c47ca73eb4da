import { ANSWERS } from "./cases/answers.ts";
import { DISKS } from "./cases/disks.ts";
import { EXITS } from "./cases/exits.ts";
import { OUTAGES } from "./cases/outages.ts";
import { RESTARTS } from "./cases/restarts.ts";
import { SPOOLS } from "./cases/spools.ts";
import type { FaultCase } from "./fault-case.ts";

/** Every fault, in the order of docs/delivery.md. */
export const CASES: readonly FaultCase[] = [
  ...OUTAGES,
  ...ANSWERS,
  ...RESTARTS,
  ...DISKS,
  ...EXITS,
  ...SPOOLS,
];
