import { existsSync } from "node:fs";
import { findInPath, installWithApt } from "../../stack/install/apt.ts";

const PROGRAMS = ["containerd", "runc", "iptables", "busybox", "ip"];

/** containerd, runc, the network plugins and what they call. Debian has them. */
export async function installNodePackages(say: (text: string) => void): Promise<void> {
  await installWithApt(
    {
      present: async () => {
        const found = await Promise.all(PROGRAMS.map(findInPath));
        return found.every((file) => file !== undefined) && existsSync("/usr/lib/cni/bridge");
      },
      packages: [
        "containerd",
        "runc",
        "containernetworking-plugins",
        "iptables",
        "busybox-static",
        "iproute2",
      ],
      cost: "about 20 s, 200 MB",
      purpose: "a Kubernetes node on this machine",
    },
    say,
  );
}
