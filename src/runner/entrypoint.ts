import { existsSync, realpathSync, statSync } from "node:fs";
import { extname, isAbsolute, join, relative, sep } from "node:path";
import { FlowLoadError } from "./errors.ts";

/** `path/to/module.ts:exportName`, as deployments hold it. */
export interface Entrypoint {
  path: string;
  /** Undefined: the module's only flow. */
  exportName: string | undefined;
}

const extensions = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"];

/** Reads an entrypoint. @throws FlowLoadError ENTRYPOINT_INVALID */
export function parseEntrypoint(text: string): Entrypoint {
  const match = /^(?<path>[^:]+?)(?::(?<exportName>[\p{ID_Start}$_][\p{ID_Continue}$]*))?$/u.exec(
    text.trim(),
  );
  if (!match?.groups?.path) {
    throw new FlowLoadError(
      "ENTRYPOINT_INVALID",
      `Entrypoint "${text}" is not of the form path/to/module.ts:exportName.`,
    );
  }
  return { path: match.groups.path, exportName: match.groups.exportName };
}

/**
 * The real path of the entrypoint's module, which must be a TypeScript or JavaScript file inside `checkout`,
 * also after symbolic links are followed.
 * @throws FlowLoadError
 */
export function locateModule(checkout: string, path: string): string {
  const candidate = isAbsolute(path) ? path : join(checkout, path);
  assertInside(checkout, candidate, path);
  if (!existsSync(candidate) || !statSync(candidate).isFile()) {
    throw new FlowLoadError(
      "ENTRYPOINT_MISSING",
      `There is no file "${path}" in the checkout. Is the entrypoint right, and was the file pushed to this branch?`,
    );
  }
  const real = realpathSync(candidate);
  assertInside(realpathSync(checkout), real, path);
  if (!extensions.includes(extname(real))) {
    const python = extname(real) === ".py" ? " Python flows need Prefect's own worker." : "";
    throw new FlowLoadError(
      "ENTRYPOINT_NOT_MODULE",
      `"${path}" is not TypeScript or JavaScript (${extensions.join(", ")}).${python}`,
    );
  }
  return real;
}

function assertInside(folder: string, file: string, shown: string): void {
  const inside = relative(folder, file);
  if (inside === "" || inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    throw new FlowLoadError(
      "ENTRYPOINT_OUTSIDE",
      `Entrypoint "${shown}" leaves the checkout. Only files of the repository may be run.`,
    );
  }
}
