import { inspect } from "node:util";

/** The `{name}`s of a template. */
export function templateNames(template: string): string[] {
  return [...template.matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => name);
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
