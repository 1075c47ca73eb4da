export type { DeliveryOptions } from "./delivery.ts";
export { Delivery } from "./delivery.ts";
export type { DeliveryStats } from "./tally.ts";
