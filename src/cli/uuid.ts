/** Whether a text is the id of an object of a Prefect server. */
export function isUuid(text: string): boolean {
  return /^[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12}$/i.test(text);
}
