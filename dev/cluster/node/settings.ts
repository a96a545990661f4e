import { stringify } from "yaml";

interface Paths {
  /** The cluster's folder. */
  readonly folder: string;
  /** containerd's socket. */
  readonly socket: string;
}

/** containerd: its own folders and socket, so that a Docker engine beside it is not touched. */
export function containerdSettings({ folder, socket }: Paths): string {
  const unused = [
    "snapshotter.v1.btrfs",
    "snapshotter.v1.zfs",
    "snapshotter.v1.aufs",
    "snapshotter.v1.devmapper",
  ];
  return `version = 2
root = "${folder}/containerd/root"
state = "${folder}/containerd/state"
disabled_plugins = [${[...unused, "internal.v1.opt"].map((name) => `"io.containerd.${name}"`).join(", ")}]
[grpc]
  address = "${socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  disable_apparmor = true
  # Where the capability for a lower score is missing, runc says only: can't get final child's PID.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${folder}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
`;
}

/** One bridge for the pods; this machine is their gateway. */
export function networkSettings(folder: string, bridge: string, subnet: string): string {
  const ipam = {
    type: "host-local",
    dataDir: `${folder}/cni-data`,
    ranges: [[{ subnet }]],
    routes: [{ dst: "0.0.0.0/0" }],
  };
  const plugin = { type: "bridge", bridge, isGateway: true, ipMasq: false, hairpinMode: true, ipam };
  return JSON.stringify({ cniVersion: "0.4.0", name: "prefect-ts", plugins: [plugin] });
}

/** kubelet on a machine that it does not own: no cgroups of its own, nothing evicted, images are never removed. */
export function kubeletSettings(
  paths: Paths,
  given: {
    port: number;
    healthPort: number;
    nameService: string;
    certificate: (name: string) => string;
  },
): string {
  return stringify({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: "127.0.0.1",
    port: given.port,
    healthzBindAddress: "127.0.0.1",
    healthzPort: given.healthPort,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: false },
      x509: { clientCAFile: given.certificate("ca.crt") },
    },
    authorization: { mode: "AlwaysAllow" },
    tlsCertFile: given.certificate("kubelet.crt"),
    tlsPrivateKeyFile: given.certificate("kubelet.key"),
    containerRuntimeEndpoint: `unix://${paths.socket}`,
    podLogsDir: `${paths.folder}/pod-logs`,
    cgroupDriver: "cgroupfs",
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    makeIPTablesUtilChains: false,
    localStorageCapacityIsolation: false,
    evictionHard: { "imagefs.available": "0%", "nodefs.available": "0%", "memory.available": "1Mi" },
    imageGCHighThresholdPercent: 100,
    syncFrequency: "5s",
    volumePluginDir: `${paths.folder}/volume-plugins`,
    clusterDomain: "cluster.local",
    clusterDNS: [given.nameService],
  });
}
