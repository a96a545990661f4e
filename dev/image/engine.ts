import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../stack/command.ts";
import type { StackContext } from "../stack/context.ts";
import { findInPath, installWithApt } from "../stack/install/apt.ts";
import { CACHE } from "../stack/install/cache.ts";
import { holdLock } from "../stack/install/hold-lock.ts";
import { waitUntilReady } from "../stack/ready.ts";
import { startServiceProcess } from "../stack/service-process.ts";

/** A Docker engine to build and run images with. */
export interface Engine {
  /** True for one that we started: it can pull nothing, has no bridge, and its bases are made by `baseImage`. */
  readonly own: boolean;
  /** Variables on top of this process's own, by which the `docker` command reaches it. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs `docker ARGS` against it, and gives what it printed. */
  docker(...args: string[]): Promise<string>;
}

const READY_MS = 60_000;

/**
 * The Docker engine of this machine where one answers; else, as root on Debian, one of our own, without a network
 * bridge, that ends with `context`. Its images and layers stay in the cache.
 * @throws Error when there is none and none can be started
 */
export async function startEngine(context: StackContext): Promise<Engine> {
  if (process.env.PREFECT_TS_STACK_DOCKER !== "false" && (await answers(process.env))) {
    return { own: false, env: {}, docker: (...args) => runCommand("docker", args) };
  }
  const say = (text: string) => context.progress("docker", text);
  await installWithApt(
    {
      present: async () => (await findInPath("dockerd")) !== undefined,
      packages: ["docker.io"],
      cost: "about 20 s, 250 MB",
      purpose: "building an image without a Docker engine",
    },
    say,
  );
  const wait = (pid: number) => say(`another engine uses its images (process ${pid}); waiting for its end`);
  await holdLock(context, "docker", wait);
  const state = join(context.folder, "docker");
  await mkdir(state, { recursive: true });
  const socket = join(state, "docker.sock");
  const data = join(CACHE, "docker");
  const daemon = startServiceProcess(context, {
    name: "dockerd",
    command: (await findInPath("dockerd")) ?? "dockerd",
    args: [
      ...["--host", `unix://${socket}`, "--data-root", data, "--exec-root", join(state, "exec")],
      ...["--pidfile", join(state, "docker.pid"), "--iptables=false", "--bridge=none"],
    ],
    graceMs: 20_000,
  });
  // No buildx here: the older builder. Its own folder of settings, so that no login of the user's is read.
  const own = { DOCKER_HOST: `unix://${socket}`, DOCKER_BUILDKIT: "0", DOCKER_CONFIG: state };
  const env = { ...process.env, ...own };
  const probe = async () => await runCommand("docker", ["version"], { env });
  await waitUntilReady(daemon, probe, { timeoutMs: READY_MS, signal: context.signal });
  context.closers.add("docker's state", async () => {
    await daemon.stop();
    await unmountBelow(state);
    await rm(state, { recursive: true, force: true });
  });
  return { own: true, env: own, docker: (...args) => runCommand("docker", args, { env }) };
}

/** The engine leaves a network namespace mounted. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = (await readFile("/proc/mounts", "utf8")).split("\n").map((line) => line.split(" ")[1] ?? "");
  for (const at of mounts.filter((path) => path.startsWith(`${folder}/`))) await runCommand("umount", [at]);
}

/** Why no engine can be had here; undefined where one can. */
export async function withoutEngine(): Promise<string | undefined> {
  if (await answers(process.env)) return undefined;
  if (process.getuid?.() !== 0) return "no Docker engine answers, and only root could start one";
  if ((await findInPath("apt-get")) === undefined) return "no Docker engine answers, and there is no apt-get";
  return undefined;
}

async function answers(env: NodeJS.ProcessEnv): Promise<boolean> {
  return await runCommand("docker", ["version", "--format", "{{.Server.Version}}"], { env }).then(
    () => true,
    () => false,
  );
}
