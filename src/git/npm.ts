import { access } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { PullError } from "./errors.ts";
import { type CommandResult, runCommand } from "./run-command.ts";

/**
 * Runs `npm ci --omit=dev` in a folder, with the Node that runs us: its own npm when it brings one, else the first npm
 * in PATH, started by this Node (`#!/usr/bin/env node` finds it first).
 * Throws DEPENDENCIES_FAILED with npm's last lines.
 */
export async function npmCi(
  directory: string,
  options: { env: NodeJS.ProcessEnv; signal?: AbortSignal | undefined; onLine?: (line: string) => void },
): Promise<void> {
  const node = dirname(process.execPath);
  const own = join(node, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js");
  const hasOwn = await access(own).then(
    () => true,
    () => false,
  );
  const args = [
    "ci",
    "--omit=dev",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--no-progress",
    "--loglevel=warn",
  ];
  const env = { ...options.env, PATH: [node, options.env.PATH].filter(Boolean).join(delimiter) };
  const result = await runCommand(hasOwn ? process.execPath : "npm", hasOwn ? [own, ...args] : args, {
    directory,
    env,
    signal: options.signal,
    onLine: (_stream, line) => options.onLine?.(line),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    throw new PullError(
      "DEPENDENCIES_FAILED",
      "npm is not installed: neither beside the running Node nor in PATH. Install npm.",
    );
  });
  if (!result.ok) throw npmFailed(result);
}

function npmFailed(result: CommandResult): PullError {
  const lines = `${result.stdout}\n${result.stderr}`.split("\n").filter((line) => line.trim() !== "");
  const said = lines.slice(-15).join("\n");
  const full = /ENOSPC|No space left/.test(said);
  return new PullError(
    full ? "GIT_DISK_FULL" : "DEPENDENCIES_FAILED",
    `npm ci ended with ${result.status}; nothing of it is kept. ` +
      `${full ? "Free space on the disk of the storage folder." : "Run `npm ci --omit=dev` in the repository to see the same."} npm's last lines:\n${said}`,
    { retryable: /ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENOTFOUND|E5\d\d|E429/.test(said) },
  );
}
