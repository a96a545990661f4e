/**
 * The owners to read: those of the parameter, else of ORACLE_SCHEMA_OWNERS (both separated by commas), else none, which means
 * every owner that the account may see. Upper case, since Oracle keeps unquoted names so; a quoted name stays as it is.
 */
export function ownersToRead(
  parameter: string | null,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string[] {
  const given = listed(parameter ?? "");
  return given.length > 0 ? given : listed(env.ORACLE_SCHEMA_OWNERS ?? "");
}

function listed(text: string): string[] {
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
    .map((name) => /^"(.+)"$/.exec(name)?.[1] ?? name.toUpperCase());
  return [...new Set(names)];
}
