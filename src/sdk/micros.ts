let last = 0;

/**
 * Microseconds since 1970, later at each call: the server sorts logs and states by their time alone, so two of one
 * millisecond must not look like one moment.
 */
export function nextMicros(): number {
  last = Math.max(Date.now() * 1000, last + 1);
  return last;
}

/** `2026-11-22T07:30:00.123456Z`. */
export function isoMicros(micros: number): string {
  const text = new Date(Math.floor(micros / 1000)).toISOString();
  return `${text.slice(0, -1)}${String(micros % 1000).padStart(3, "0")}Z`;
}
