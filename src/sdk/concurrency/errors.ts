/** Slots could not be had: the limit does not exist (`strict`), is too small, or the server refused. */
export class ConcurrencySlotAcquisitionError extends Error {
  override readonly name = "ConcurrencySlotAcquisitionError";
}

/** Slots were not free within `timeoutSeconds`. */
export class AcquireConcurrencySlotTimeoutError extends Error {
  override readonly name = "AcquireConcurrencySlotTimeoutError";
}
