import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { FaultSettings } from "./faults.ts";

/** A stand-in that runs as a process of its own. */
export interface OracleProcess {
  host: string;
  port: number;
  service: string;
  pid: number;
  /** Sets the faults of the running server; an empty object clears them. */
  setFaults(settings: FaultSettings): Promise<void>;
  /** Ends the process and waits until it is gone. */
  close(): Promise<void>;
}

/** How to start the process. */
export interface OracleProcessOptions {
  /** A JSON file or module, as `node dev/oracle/main.ts --help` explains. */
  data: string;
  port?: number;
  database?: string;
  /** Gets the server's log, line by line. */
  onLog?: (line: string) => void;
}

/**
 * Starts the stand-in in its own process: with an event loop of its own it reads rows while the client decodes
 * others. Rejects with the end of its log when it ends before it is ready.
 */
export async function startOracleProcess(options: OracleProcessOptions): Promise<OracleProcess> {
  const args = [
    join(import.meta.dirname, "main.ts"),
    "--data",
    options.data,
    "--port",
    String(options.port ?? 0),
  ];
  if (options.database !== undefined) args.push("--database", options.database);
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"] });
  const log: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    log.push(line);
    if (log.length > 20) log.shift();
    options.onLog?.(line);
  });
  const answers = new Answers(child, createInterface({ input: child.stdout }), log);
  const ready = (await answers.next()) as { host: string; port: number; service: string };
  return {
    ...ready,
    pid: child.pid ?? 0,
    setFaults: async (settings) => {
      child.stdin.write(`${JSON.stringify({ faults: settings })}\n`);
      const answer = (await answers.next()) as { error?: string };
      if (answer.error !== undefined)
        throw new Error(`The stand-in did not take the faults: ${answer.error}`);
    },
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

/** The lines of JSON that the process prints, one after the other. */
class Answers {
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<never>;

  constructor(child: ChildProcess, lines: Interface, log: readonly string[]) {
    this.#lines = lines[Symbol.asyncIterator]();
    this.#ended = new Promise((_resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => {
        reject(
          new Error(
            `The Oracle stand-in ended (${signal ?? `exit code ${code}`}). Its last words:\n${log.join("\n")}`,
          ),
        );
      });
    });
    this.#ended.catch(() => undefined);
  }

  async next(): Promise<unknown> {
    const { value, done } = await Promise.race([this.#lines.next(), this.#ended]);
    return done ? await this.#ended : JSON.parse(value);
  }
}
