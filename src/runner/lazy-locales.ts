/**
 * Loaded before all else in a run's process. zod brings its messages in fifty languages, a module each, which is a tenth of what the
 * start of a process costs. `z.locales` stays what it is, but a language is loaded when it is first asked for.
 */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

const locales = import.meta.resolve("zod/v4/locales");

registerHooks({
  load: (url, context, nextLoad) =>
    url === locales
      ? { format: "module", source: lazy(readFileSync(fileURLToPath(url), "utf8")), shortCircuit: true }
      : nextLoad(url, context),
});

/** `export { default as no } from "./no.js"` becomes a function that loads it; any other line stays. */
function lazy(source: string): string {
  const exports = source.replaceAll(
    /^export \{ default as (\w+) \} from (".+");$/gm,
    "export const $1 = (...args) => require($2).default(...args);",
  );
  return `import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);\n${exports}`;
}
