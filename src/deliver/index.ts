export { Delivery } from "./delivery.ts";
export type { DeliveryStats } from "./tally.ts";
