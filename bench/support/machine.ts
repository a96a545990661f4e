import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { runCommand } from "../../dev/stack/command.ts";

/** What figures depend on, and nothing by which a machine could be named. */
export interface Machine {
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly python: string;
  readonly prefect: string;
}

/** Describes this machine. @param pythonEnvironment  the venv of Prefect's own worker */
export async function describeMachine(pythonEnvironment: string): Promise<Machine> {
  const script = "import platform, prefect; print(platform.python_version(), prefect.__version__)";
  const versions = await runCommand(join(pythonEnvironment, "bin", "python"), ["-c", script]);
  const [python = "", prefect = ""] = versions.split(" ");
  return {
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    python,
    prefect,
  };
}

/** The same in one line. */
export function machineText({ cores, memoryGb, system, node, python, prefect }: Machine): string {
  return `${cores} cores, ${memoryGb} GB, ${system}, Node ${node}, Python ${python}, Prefect ${prefect}`;
}
