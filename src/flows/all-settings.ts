/**
 * Reads several settings, so that one error names everything that is missing or wrong.
 * @throws Error with the messages of all that failed; the only one that failed as it is
 */
export function allSettings<T extends Record<string, () => unknown>>(
  readers: T,
): { [Name in keyof T]: ReturnType<T[Name]> } {
  const errors: Error[] = [];
  const found = Object.entries(readers).map(([name, read]) => {
    try {
      return [name, read()];
    } catch (error) {
      errors.push(error instanceof Error ? error : new Error(String(error)));
      return [name, undefined];
    }
  });
  const [first] = errors;
  if (first && errors.length === 1) throw first;
  if (first) throw new AggregateError(errors, errors.map(({ message }) => message).join(" "));
  return Object.fromEntries(found);
}
