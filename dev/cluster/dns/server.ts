import { createSocket } from "node:dgram";
import { resolve4 } from "node:dns/promises";
import { once } from "node:events";
import type { StackContext } from "../../stack/context.ts";
import { answerTo, readQuestion } from "./message.ts";

interface Cluster {
  readonly kubectl: (...args: string[]) => Promise<string>;
  readonly apply: (manifests: readonly object[]) => Promise<void>;
  /** This machine as pods see it. */
  readonly gateway: string;
  /** Address of the Service that pods ask. */
  readonly service: string;
}

const SUFFIX = ".svc.cluster.local";
const A = 1;

/**
 * The cluster's name service, in this process: `NAME.NAMESPACE.svc.cluster.local` is the Service's address, any other
 * name is asked of this machine. Pods reach it as the Service `kube-dns`.
 */
export async function startNameService(context: StackContext, cluster: Cluster): Promise<void> {
  const addressOf = async (name: string): Promise<readonly string[] | undefined> => {
    if (!name.endsWith(SUFFIX)) return await resolve4(name).catch(() => undefined);
    const [service = "", namespace = "", ...more] = name.slice(0, -SUFFIX.length).split(".");
    if (more.length > 0) return undefined;
    const found = await cluster
      .kubectl("get", "service", service, "--namespace", namespace, "-o", "jsonpath={.spec.clusterIP}")
      .catch(() => "");
    return /^[\d.]+$/.test(found) ? [found] : undefined;
  };
  const socket = createSocket("udp4", (message, from) => {
    const answer = async () => {
      const question = readQuestion(message);
      const addresses = await addressOf(question.name);
      const known = addresses !== undefined && question.type !== A ? [] : addresses;
      socket.send(answerTo(message, question, known), from.port, from.address);
    };
    answer().catch((error: Error) =>
      context.progress("kubernetes", `a name was not answered: ${error.message}`),
    );
  });
  socket.bind(0, "0.0.0.0");
  await once(socket, "listening");
  socket.unref();
  context.closers.add("the cluster's name service", async () => {
    const closed = once(socket, "close");
    socket.close();
    await closed;
  });
  await publish(cluster, socket.address().port);
}

/** A Service without pods: its endpoint is this process. */
async function publish({ apply, gateway, service }: Cluster, port: number): Promise<void> {
  const namespace = "kube-system";
  const ports = [{ name: "dns", port: 53, protocol: "UDP", targetPort: port }];
  await apply([
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "kube-dns", namespace },
      spec: { clusterIP: service, ports },
    },
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: "kube-dns-host", namespace, labels: { "kubernetes.io/service-name": "kube-dns" } },
      addressType: "IPv4",
      endpoints: [{ addresses: [gateway] }],
      ports: [{ name: "dns", port, protocol: "UDP" }],
    },
  ]);
}
