import { parseArgs } from "node:util";
import type { Row } from "./figure.ts";

/** What `npm run bench` was asked for. */
export interface BenchOptions {
  readonly rows: readonly Row[];
  /** Another file for this run's results. */
  readonly json: string | undefined;
  readonly runs: number;
  readonly rounds: number;
}

export const USAGE = `Usage: npm run bench [-- --only S1,S2] [--json FILE] [--runs N] [--rounds N]

Measures this project's worker beside Prefect's own for Python, on a Prefect server of its own.
  --only IDS   only these rows
  --json FILE  writes this run's results there too
  --runs N     runs before the worker's memory is looked at again (S4; default 1000)
  --rounds N   how often each figure is taken (default 5)
`;

/**
 * Reads the command line.
 * @returns undefined when help was asked for
 * @throws Error that names the wrong option and what is possible
 */
export function readOptions(args: string[], all: readonly Row[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: "string" },
      json: { type: "string" },
      runs: { type: "string", default: "1000" },
      rounds: { type: "string", default: "5" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return undefined;
  return {
    rows: values.only === undefined ? all : choose(values.only, all),
    json: values.json,
    runs: count("--runs", values.runs),
    rounds: count("--rounds", values.rounds),
  };
}

function choose(only: string, all: readonly Row[]): Row[] {
  return only.split(",").map((id) => {
    const row = all.find((one) => one.id.toLowerCase() === id.trim().toLowerCase());
    if (row !== undefined) return row;
    throw new Error(`--only: there is no row "${id.trim()}". Rows: ${all.map((one) => one.id).join(", ")}`);
  });
}

function count(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${option} is "${text}": give a whole number from 1`);
}
