/** The columns in which two rows differ; never what stands in them. */
export function differing(
  expected: readonly (readonly [string, unknown])[],
  found: readonly (readonly [string, unknown])[],
): string[] {
  return expected.filter(([, value], at) => value !== found[at]?.[1]).map(([name]) => name);
}
