/** What is wrong with the structure's file; told before anything is read from Specify. */
export class StructureConfigError extends Error {
  override readonly name = "StructureConfigError";
  readonly code = "STRUCTURE-CONFIG";
}

/** The error of a file with mistakes, one a line. */
export function mistakesIn(path: string, mistakes: readonly string[]): StructureConfigError {
  const count = mistakes.length === 1 ? "a mistake" : `${mistakes.length} mistakes`;
  return new StructureConfigError(
    `${path} has ${count}; nothing was written to Specify.\n${mistakes.map((line) => `  • ${line}`).join("\n")}`,
  );
}
