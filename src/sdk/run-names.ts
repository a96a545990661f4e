import { inspect } from "node:util";

/**
 * @param where how the error begins: `flowRunName of flow "Load"`
 * @param isKnown what is a name besides those of the parameters
 * @throws TypeError when a template has what can never be filled in: no parameter, or a format of Python's
 */
export function checkTemplate(
  where: string,
  template: string,
  parameters: string[],
  isKnown: (name: string) => boolean = () => false,
): void {
  for (const [, path = ""] of template.matchAll(/\{([^{}]*)\}/g)) {
    const [name = ""] = path.split(".");
    // `{day.year:04d}` begins with a parameter, but asks for the field "year:04d".
    if (!/[:!]/.test(path) && (parameters.includes(name) || isKnown(name))) continue;
    throw new TypeError(
      `${where} has {${path}}; its parameters are: ${parameters.join(", ") || "none"}. ` +
        "For more than their values, such as formats ({n:03d}), give a function.",
    );
  }
}

/**
 * Fills a template in: `load {museum}` with `{ museum: "NHM" }` is `load NHM`. `{a.b}` looks into `a`.
 * @throws TypeError when a name is not among the values
 */
export function fillTemplate(template: string, values: Record<string, unknown>): string {
  return template.replace(/\{([^{}]*)\}/g, (_, path: string) => {
    const [name = "", ...rest] = path.split(".");
    if (!Object.hasOwn(values, name))
      throw new TypeError(
        `The run name "${template}" has {${path}}; there are: ${Object.keys(values).join(", ") || "no parameters"}.`,
      );
    let value = values[name];
    for (const key of rest) value = (value as Record<string, unknown> | null | undefined)?.[key];
    if (value instanceof Date) return value.toISOString();
    return typeof value === "object" || typeof value === "function"
      ? inspect(value, { breakLength: Infinity })
      : String(value);
  });
}

/** @throws TypeError when a function that names runs gave no text */
export function checkedName(name: unknown, option: string): string {
  if (typeof name === "string" && name.trim() !== "") return name;
  throw new TypeError(`The function of ${option} gave ${inspect(name)}; it must give a text.`);
}
