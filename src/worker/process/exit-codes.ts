/** How a child process ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

const signals: Partial<Record<NodeJS.Signals, { why: string; remedy: string }>> = {
  SIGKILL: {
    why: "it was killed, most likely because it used more memory than allowed",
    remedy: "Look at the memory limit of the pod or machine, and at what the flow keeps in memory.",
  },
  SIGTERM: {
    why: "it was asked to terminate",
    remedy: "Something stopped it from outside: a cancelled run, a shutdown, or an operator.",
  },
  SIGINT: { why: "it was interrupted", remedy: "Something sent it an interrupt." },
  SIGSEGV: { why: "native code crashed", remedy: "Suspect a native library, such as Oracle Instant Client." },
  SIGABRT: {
    why: "it aborted, as Node does when its heap is full",
    remedy: "Raise --max-old-space-size by NODE_OPTIONS in the job variables, or keep less in memory.",
  },
};

const OUTPUT = "The process's output in the worker's log may say more.";

const codes: Record<number, { why: string; remedy: string }> = {
  0: {
    why: "it ended without telling how the run ended",
    remedy: "Code of the flow called process.exit() before the run was over.",
  },
  1: {
    why: "it ended before it told how the run ended",
    remedy: `Code of the flow called process.exit(1), or an exception was caught by nobody. ${OUTPUT}`,
  },
  13: { why: "an await never came to an end", remedy: "A promise of the flow is never settled." },
  137: signals.SIGKILL ?? { why: "it was killed", remedy: "" },
  143: signals.SIGTERM ?? { why: "it was terminated", remedy: "" },
};

/** Explains an exit without a receipt in words: for the `Crashed` state, and a remedy for the run's log. */
export function explainExit({ code, signal }: Exit): { message: string; remedy: string } {
  const known = (signal === null ? codes[code ?? -1] : signals[signal]) ?? {
    why: "it ended before it told how the run ended",
    remedy: `Code of the flow, or the deployment's command, ended it. ${OUTPUT}`,
  };
  const what = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
  return { message: `The flow run's process ${what}: ${known.why}.`, remedy: known.remedy };
}
