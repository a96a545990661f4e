import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "../../stack/command.ts";
import { CACHE, cachedFolder, contentName } from "../../stack/install/cache.ts";
import { findOrInstallGo, localToolchain } from "./go.ts";

/** The programs of a cluster, each with the Go package that it is built from. */
const PACKAGES = {
  helm: "helm.sh/helm/v3/cmd/helm",
  kubectl: "k8s.io/kubernetes/cmd/kubectl",
  etcd: "go.etcd.io/etcd/server/v3",
  "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
  "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
  "kube-proxy": "k8s.io/kubernetes/cmd/kube-proxy",
  kubelet: "k8s.io/kubernetes/cmd/kubelet",
  "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
} as const;

export type BinaryName = keyof typeof PACKAGES;

/** All of them, the quickest to build first. */
export const BINARIES = Object.keys(PACKAGES) as BinaryName[];

const MODULE = fileURLToPath(new URL("go", import.meta.url));

/** The program where an earlier run has built it; undefined where none has. */
export async function findBinary(name: BinaryName): Promise<string | undefined> {
  const folder = join(CACHE, await folderName(name));
  return existsSync(join(folder, ".ready")) ? join(folder, name) : undefined;
}

/**
 * Builds the program with Go from the locked module, once a machine: minutes for the API server, seconds when it is
 * in the cache. `go.sum` pins every source by its hash.
 * @returns its full path
 * @throws Error when there is no Go and none can be installed, or the build fails
 */
export async function buildBinary(name: BinaryName, say: (text: string) => void): Promise<string> {
  const folder = await cachedFolder(await folderName(name), say, async (target) => {
    const go = await findOrInstallGo(say);
    say(`building ${name} with Go ...`);
    const started = performance.now();
    const file = join(target, name);
    const flags = ["-buildvcs=false", "-trimpath", "-ldflags", await linkerFlags(go)];
    await runGo(go, ["build", ...flags, "-o", file, PACKAGES[name]]);
    const megabytes = ((await stat(file)).size / 1e6).toFixed(0);
    say(`built ${name} in ${((performance.now() - started) / 1000).toFixed(0)} s (${megabytes} MB)`);
  });
  return join(folder, name);
}

/** Keyed by what is built and for which machine: another go.sum is another folder. */
async function folderName(name: BinaryName): Promise<string> {
  const sums = await readFile(join(MODULE, "go.sum"), "utf8");
  return `kubernetes-${contentName(`${process.platform}-${process.arch}\n${sums}`)}-${name}`;
}

/** Without these the programs would say `v0.0.0-master`, and Helm would refuse charts by `kubeVersion`. */
async function linkerFlags(go: string): Promise<string> {
  const version = await moduleVersion(go, "k8s.io/kubernetes");
  const [, major = "", minor = ""] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  const values: Record<string, string> = {
    gitVersion: version,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: "clean",
    gitCommit: "0".repeat(40),
    buildDate: "1970-01-01T00:00:00Z",
  };
  const packages = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"];
  const settings = packages.flatMap((name) =>
    Object.entries(values).map(([key, value]) => `-X ${name}.${key}=${value}`),
  );
  // The Kubernetes that `helm template` and `helm lint` take for granted where they ask no cluster.
  const assumed = ["chartutil", "lint/rules"].flatMap((name) => [
    `-X helm.sh/helm/v3/pkg/${name}.k8sVersionMajor=${major}`,
    `-X helm.sh/helm/v3/pkg/${name}.k8sVersionMinor=${minor}`,
  ]);
  const helm = `-X helm.sh/helm/v3/internal/version.version=${await moduleVersion(go, "helm.sh/helm/v3")}`;
  return ["-s", "-w", helm, ...assumed, ...settings].join(" ");
}

async function moduleVersion(go: string, name: string): Promise<string> {
  return await runGo(go, ["list", "-m", "-f", "{{.Version}}", name]);
}

/** Go's steps run at low priority: a build of minutes leaves the machine to whoever works on it. */
async function runGo(go: string, args: readonly string[]): Promise<string> {
  return await runCommand("nice", ["-n", "19", go, ...args], {
    cwd: MODULE,
    env: { ...localToolchain(), CGO_ENABLED: "0" },
  });
}
