import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Writes a project whose only dependency is an archive inside it, so that no registry is needed, with the lock file
 * that npm makes for it.
 */
export function writeNpmProject(
  folder: string,
  content: string,
  dependency = "file:vendor/thing-1.0.0.tgz",
): void {
  const source = join(folder, "source", "package");
  mkdirSync(source, { recursive: true });
  mkdirSync(join(folder, "vendor"), { recursive: true });
  writeFileSync(
    join(source, "package.json"),
    JSON.stringify({ name: "thing", version: "1.0.0", main: "index.js" }),
  );
  writeFileSync(join(source, "index.js"), `module.exports = ${JSON.stringify(content)};\n`);
  execFileSync("tar", ["-czf", "../vendor/thing-1.0.0.tgz", "package"], { cwd: join(folder, "source") });
  cpSync(source, join(folder, "vendor", "thing"), { recursive: true });
  const project = { name: "flows", version: "1.0.0", dependencies: { thing: dependency } };
  writeFileSync(join(folder, "package.json"), JSON.stringify(project));
  const options = ["--package-lock-only", "--no-audit", "--no-fund", "--no-update-notifier", "--offline"];
  execFileSync("npm", ["install", ...options], { cwd: folder, stdio: "pipe" });
}

/** A copy of the project as a run would have it checked out. */
export function copyProject(from: string, to: string): string {
  cpSync(from, to, { recursive: true });
  return to;
}
