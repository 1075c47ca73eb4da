/** The store can't be opened: the data folder can't be written, or isn't ours to read. */
export class StoreOpenError extends Error {
  override readonly name: string = "StoreOpenError";
  readonly code: string = "ERR_STORE_OPEN";
}
