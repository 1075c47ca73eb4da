export { Delivery } from "./delivery.ts";
export { LossNotes } from "./loss-notes.ts";
export { readOperationRecord } from "./spool/operation-record.ts";
export { type LeftTrace, Spool } from "./spool/spool.ts";
export type { DeliveryStats } from "./tally.ts";
