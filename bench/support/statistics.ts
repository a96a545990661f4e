/** The middle value, or the mean of the two in the middle; null of nothing. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [below, above] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return below === undefined || above === undefined ? null : (below + above) / 2;
}

/** A number with as many digits as a reader needs: three figures, none behind the point from 100 on. */
export function short(value: number | null): string {
  if (value === null) return "–";
  if (value === 0) return "0";
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 4));
}

/** `11 (9 – 14)`: median and range. */
export function spread(values: readonly number[]): string {
  if (values.length === 0) return "–";
  return `${short(median(values))} (${short(Math.min(...values))} – ${short(Math.max(...values))})`;
}
