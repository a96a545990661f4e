import { createHash } from "node:crypto";
import { isAbsolute, resolve } from "node:path";
import { PullError } from "./errors.ts";
import { redactor } from "./redact.ts";

/** A repository as git is told of it: no credentials inside. */
export interface Repository {
  /** URL or absolute path given to git, shown in logs and kept in the checkout's configuration. */
  url: string;
  kind: "http" | "ssh" | "local";
  /** `scheme://host:port` of an http(s) URL. */
  origin?: string;
  /** Last part of the path, without `.git`. */
  name: string;
  /** User and password that stood in the given URL. */
  embedded: { username: string; password: string };
}

const FORMS =
  "https://host/path.git, http://…, ssh://git@host/path.git, git@host:path.git, file:///path, or a path";
const NO_CREDENTIALS = { username: "", password: "" };

/**
 * Reads a repository given in any form that Prefect's `git_clone` takes and takes credentials out of it.
 * Throws GIT_BAD_INPUT for anything that git could take for an option or for a command (`--upload-pack=…`, `ext::sh …`).
 */
export function parseRepository(given: string): Repository {
  const shown = redactor([])(given);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (given === "" || /[\u0000-\u001f\u007f]/.test(given)) {
    throw refused(shown, "it is empty or holds control characters");
  }
  if (given.startsWith("-")) throw refused(shown, "it starts with '-', which git would read as an option");
  if (/^[a-z0-9+.-]+::/i.test(given)) throw refused(shown, "remote helpers ('name::…') can run any command");
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(given)?.[1]?.toLowerCase();
  if (scheme !== undefined) return parseUrl(given, scheme, shown);
  const scp = /^(?:[^@/:\s]+@)?([^@/:\s]+):(.+)$/.exec(given);
  if (scp !== null && !given.startsWith(".")) {
    if (scp[1]?.startsWith("-")) throw refused(shown, "its host starts with '-'");
    return { url: given, kind: "ssh", name: lastName(scp[2] ?? ""), embedded: NO_CREDENTIALS };
  }
  const path = isAbsolute(given) ? given : resolve(given);
  return { url: path, kind: "local", name: lastName(path), embedded: NO_CREDENTIALS };
}

function parseUrl(given: string, scheme: string, shown: string): Repository {
  if (!["http", "https", "ssh", "file"].includes(scheme))
    throw refused(shown, `'${scheme}://' is not supported`);
  let url: URL;
  try {
    url = new URL(given);
  } catch (error) {
    throw refused(
      shown,
      `it is no valid URL (${error instanceof Error ? error.message.replaceAll(given, "…") : "unreadable"})`,
    );
  }
  if (url.hostname.startsWith("-") || url.username.startsWith("-"))
    throw refused(shown, "its host or user starts with '-'");
  const embedded = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  url.password = "";
  if (scheme === "ssh")
    return { url: url.href, kind: "ssh", name: lastName(url.pathname), embedded: NO_CREDENTIALS };
  url.username = "";
  url.hash = "";
  if (scheme === "file")
    return { url: url.href, kind: "local", name: lastName(url.pathname), embedded: NO_CREDENTIALS };
  if (url.search !== "") {
    throw refused(
      `${url.origin}${url.pathname}`,
      "a query ('?…') would stand in logs; give a token as access_token",
    );
  }
  return { url: url.href, kind: "http", origin: url.origin, name: lastName(url.pathname), embedded };
}

function lastName(path: string): string {
  const last = path.replace(/\/+$/, "").split("/").at(-1) ?? "";
  return (
    unescapePercent(last)
      .replace(/\.git$/, "")
      .replace(/[^\w.-]/g, "-")
      .replace(/^\.+/, "") || "repository"
  );
}

function unescapePercent(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Short stable name of a repository's mirror: readable, and unlike that of any other URL. */
export function mirrorName(repository: Repository): string {
  return `${repository.name.slice(0, 60)}-${createHash("sha256").update(repository.url).digest("hex").slice(0, 16)}`;
}

function refused(shown: string, reason: string): PullError {
  return new PullError(
    "GIT_BAD_INPUT",
    `repository ${JSON.stringify(shown)} is refused: ${reason}. Give it as ${FORMS}.`,
  );
}
