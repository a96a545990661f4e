import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../stack/command.ts";
import type { StackContext } from "../../stack/context.ts";
import { freePorts } from "../../stack/ports.ts";
import { waitUntilReady } from "../../stack/ready.ts";
import { type ServiceProcess, startServiceProcess } from "../../stack/service-process.ts";
import type { BinaryName } from "../install/binaries.ts";
import { type Certificates, makeCertificates } from "./certificates.ts";
import { writeKubeconfig } from "./kubeconfig.ts";

/** etcd, API server, controller manager and scheduler as processes: a real API with access rules, without a node. */
export interface ControlPlane {
  /** The folder of its certificates, data and logs. */
  readonly folder: string;
  readonly certificates: Certificates;
  /** The administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly apiUrl: string;
  readonly programs: Readonly<Record<BinaryName, string>>;
}

interface Addresses {
  /** The bridge's address on this machine, as pods see it. */
  readonly gateway: string;
  readonly services: string;
  /** The Service `kubernetes`: the first address of `services`. */
  readonly apiService: string;
  readonly node: string;
}

const READY = { timeoutMs: 180_000 };

export async function startControlPlane(
  context: StackContext,
  programs: Readonly<Record<BinaryName, string>>,
  addresses: Addresses,
): Promise<ControlPlane> {
  const folder = join(context.folder, "cluster");
  await mkdir(folder, { recursive: true });
  const say = (text: string) => context.progress("kubernetes", text);
  const certificates = await makeCertificates(
    join(folder, "pki"),
    { serviceAddress: addresses.apiService, node: addresses.node },
    say,
  );
  const [client = 0, peer = 0, api = 0, manager = 0, scheduler = 0] = await freePorts(5);
  const etcdUrl = `http://127.0.0.1:${client}`;
  const start = (name: string, command: string, args: string[]) =>
    startServiceProcess(context, { name, command, args, cwd: folder, graceMs: 0 });

  await etcd(context, start, programs.etcd, { folder, url: etcdUrl, peerUrl: `http://127.0.0.1:${peer}` });
  const tokens = await writeTokens(folder);
  const apiUrl = `https://127.0.0.1:${api}`;
  const cluster = { server: apiUrl, authority: certificates.file("ca.crt") };
  const config = async (name: string, token: string) =>
    await writeKubeconfig(join(folder, `${name}.kubeconfig`), cluster, { token });
  const kubeconfig = await config("admin", tokens.admin);

  const server = start("kube-apiserver", programs["kube-apiserver"], [
    ...apiServerFlags(certificates, { etcdUrl, port: api, tokens: tokens.file, addresses }),
  ]);
  const kubectl = async (...args: string[]) =>
    await runCommand(programs.kubectl, ["--kubeconfig", kubeconfig, ...args]);
  await waitUntilReady(server, () => kubectl("get", "--raw", "/readyz"), {
    ...READY,
    signal: context.signal,
  });

  const own = (file: string) => [
    ...["--kubeconfig", file, "--authentication-kubeconfig", file, "--authorization-kubeconfig", file],
    ...["--bind-address", "127.0.0.1", "--leader-elect=false"],
  ];
  const managing = start("kube-controller-manager", programs["kube-controller-manager"], [
    ...own(await config("manager", tokens.manager)),
    ...["--secure-port", String(manager), "--use-service-account-credentials=true"],
    ...["--service-account-private-key-file", certificates.file("service-accounts.key")],
    ...["--root-ca-file", certificates.file("ca.crt")],
    ...["--cluster-signing-cert-file", certificates.file("ca.crt")],
    ...["--cluster-signing-key-file", certificates.file("ca.key")],
    // A pod whose node is gone, or that waits for nothing, is not kept for the usual five minutes.
    "--terminated-pod-gc-threshold=100",
  ]);
  start("kube-scheduler", programs["kube-scheduler"], [
    ...own(await config("scheduler", tokens.scheduler)),
    ...["--secure-port", String(scheduler)],
  ]);
  const account = () => kubectl("get", "serviceaccount", "default", "--namespace", "default");
  await waitUntilReady(managing, account, { ...READY, signal: context.signal });
  return { folder, certificates, kubeconfig, apiUrl, programs };
}

type Start = (name: string, command: string, args: string[]) => ServiceProcess;

async function etcd(
  context: StackContext,
  start: Start,
  program: string,
  { folder, url, peerUrl }: { folder: string; url: string; peerUrl: string },
): Promise<void> {
  const service = start("etcd", program, [
    // What it holds is gone with the cluster: no need to wait for the disk.
    ...["--data-dir", join(folder, "etcd"), "--unsafe-no-fsync"],
    ...["--listen-client-urls", url, "--advertise-client-urls", url],
    ...["--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl],
    ...["--initial-cluster", `default=${peerUrl}`],
  ]);
  const probe = async () => {
    const answer = await fetch(`${url}/health`);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${url}/health answered ${answer.status}: ${text}`);
  };
  await waitUntilReady(service, probe, { ...READY, signal: context.signal });
}

async function writeTokens(folder: string) {
  const token = () => randomBytes(16).toString("hex");
  const tokens = { admin: token(), manager: token(), scheduler: token() };
  const file = join(folder, "tokens.csv");
  const lines = [
    `${tokens.admin},admin,admin,"system:masters"`,
    `${tokens.manager},system:kube-controller-manager,manager,`,
    `${tokens.scheduler},system:kube-scheduler,scheduler,`,
  ];
  await writeFile(file, `${lines.join("\n")}\n`, { mode: 0o600 });
  return { ...tokens, file };
}

function apiServerFlags(
  certificates: Certificates,
  given: { etcdUrl: string; port: number; tokens: string; addresses: Addresses },
): string[] {
  const { file } = certificates;
  return [
    ...["--etcd-servers", given.etcdUrl, "--secure-port", String(given.port)],
    // Pods reach it by the bridge, so it can't listen on 127.0.0.1 alone. Nobody gets in without a token.
    ...[
      "--bind-address",
      "0.0.0.0",
      "--advertise-address",
      given.addresses.gateway,
      "--anonymous-auth=false",
    ],
    ...["--endpoint-reconciler-type", "lease", "--service-cluster-ip-range", given.addresses.services],
    ...["--tls-cert-file", file("apiserver.crt"), "--tls-private-key-file", file("apiserver.key")],
    ...[
      "--client-ca-file",
      file("ca.crt"),
      "--token-auth-file",
      given.tokens,
      "--authorization-mode",
      "Node,RBAC",
    ],
    ...["--service-account-issuer", "https://kubernetes.default.svc"],
    ...["--service-account-signing-key-file", file("service-accounts.key")],
    ...["--service-account-key-file", file("service-accounts.key")],
    ...["--kubelet-client-certificate", file("kubelet-client.crt")],
    ...["--kubelet-client-key", file("kubelet-client.key")],
    ...["--kubelet-preferred-address-types", "Hostname", "--enable-priority-and-fairness=false"],
  ];
}
