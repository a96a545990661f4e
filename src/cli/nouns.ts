import type { Noun } from "./noun.ts";

/** Everything that can be said after `prefect-ts`. Loaded one by one: start-up is part of the user's time. */
export const nouns: Noun[] = [
  {
    name: "worker",
    aliases: [],
    summary: "Start and interact with workers.",
    load: async () => (await import("./worker.ts")).workerCommand,
  },
  {
    name: "deploy",
    aliases: [],
    summary: "Create and update deployments.",
    load: async () => (await import("./deploy.ts")).deployCommand,
  },
  {
    name: "deployment",
    aliases: ["deployments"],
    summary: "Manage and run deployments.",
    load: async () => (await import("./deployment.ts")).deploymentCommand,
  },
  {
    name: "flow-run",
    aliases: ["flow-runs"],
    summary: "Interact with flow runs.",
    load: async () => (await import("./flow-run.ts")).flowRunCommand,
  },
  {
    name: "work-pool",
    aliases: ["work-pools"],
    summary: "Manage work pools.",
    load: async () => (await import("./work-pool.ts")).workPoolCommand,
  },
  {
    name: "work-queue",
    aliases: ["work-queues"],
    summary: "Manage work queues.",
    load: async () => (await import("./work-queue.ts")).workQueueCommand,
  },
  {
    name: "config",
    aliases: [],
    summary: "View and set Prefect settings.",
    load: async () => (await import("./config.ts")).configCommand,
  },
  {
    name: "completion",
    aliases: [],
    summary: "Print completions for bash, zsh or fish.",
    load: async () => (await import("./completion.ts")).completionCommand(nouns),
  },
  {
    name: "doctor",
    aliases: [],
    summary: "Check everything that flows need, and say what to do.",
    load: async () => (await import("./doctor.ts")).doctorCommand,
  },
  {
    name: "version",
    aliases: [],
    summary: "Get the versions of prefect-ts, Node and the server.",
    load: async () => (await import("./version.ts")).versionCommand,
  },
];

/** The noun that the words ask for: the first word that is neither an option nor the value of one. */
export function findNoun(argv: string[]): Noun | undefined {
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index];
    if (word === "--profile") index += 1;
    else if (word === "help") continue;
    else if (word !== undefined && !word.startsWith("-")) {
      return nouns.find((noun) => noun.name === word || noun.aliases.includes(word));
    }
  }
  return undefined;
}
