import { describe, expect, it } from "vitest";
import { refusal, withoutHelm } from "./support/helm.ts";

/** Settings on top of the staging values, and what Helm then says. */
const misuses: [string[], string][] = [
  [["prefect.devWorker.replica=3"], "at '/prefect/devWorker': additional properties 'replica' not allowed"],
  [["prefectt.enabled=true"], "additional properties 'prefectt' not allowed"],
  [
    ["prefect.server.image.version=3"],
    "at '/prefect/server/image': additional properties 'version' not allowed",
  ],
  [
    ["prefect.devWorker.resources.limit.memory=1Gi"],
    "at '/prefect/devWorker/resources': additional properties 'limit' not allowed",
  ],
  [["prefect.devWorker.replicas=-1"], "at '/prefect/devWorker/replicas': minimum: got -1, want 0"],
  [
    ["prefect.devWorker.workPoolType=docker"],
    "at '/prefect/devWorker/workPoolType': value must be one of 'process', 'kubernetes'",
  ],
  [["prefect.devWorker.onShutdown=retry"], "at '/prefect/devWorker/onShutdown': value must be one of"],
  [
    ['prefect.devWorker.extraEnv[0]={"name": "A B", "value": "1"}'],
    "at '/prefect/devWorker/extraEnv/0/name'",
  ],
  [
    ['prefect.devWorker.extraVolumes[0]={"name": "a", "hostPath": {"path": "/"}}'],
    "additional properties 'hostPath' not allowed",
  ],
  [["git.repository=file:///srv/repository"], "at '/git/repository'"],
  [["prefect.server.enabled=false"], "set prefect.apiUrl, e.g. https://prefect.example.org/api"],
  [
    ["prefect.apiUrl=https://prefect.example.org/api"],
    "set prefect.server.enabled=false, or leave prefect.apiUrl empty",
  ],
  [["prefect.server.enabled=false", "prefect.apiUrl=https://prefect.example.org"], "at '/prefect/apiUrl'"],
  [["secrets.existingSecret="], "set secrets.existingSecret to the name of the secret that holds them"],
  [["secrets.create=true"], "set secrets.create=false to use the secret that is there"],
  [["secrets.values.A=b"], "set secrets.create=true"],
  [["git.repository=", "git.tokenSecret.name="], "set git.repository (or prefect.deploy.deployments=false)"],
  [["git.repository=git@git.example.org:museum/migration.git"], "set its https address"],
  [["prefect.basicAuth.existingSecret="], "set prefect.basicAuth.existingSecret"],
  [["prefect.server.ingress.enabled=true"], "set prefect.server.ingress.host"],
  [["prefect.devWorker.serviceAccount.create=false"], "set prefect.devWorker.serviceAccount.name"],
  [
    ["prefect.devWorker.autoscaling.enabled=true"],
    "set prefect.devWorker.autoscaling.prometheusAddress (or kind: hpa)",
  ],
  [
    ["prefect.devWorker.autoscaling.enabled=true", "prefect.devWorker.autoscaling.minReplicas=9"],
    "minReplicas (9) is above maxReplicas (5): set prefect.devWorker.autoscaling.maxReplicas",
  ],
  [
    ["prefect.devWorker.image.tag=latest"],
    'prefect.devWorker.image.tag is "latest", which is another image tomorrow: set an exact tag',
  ],
  [["prefect.server.image.tag=3-latest"], "prefect.server.image.tag is"],
  [["prefect.server.image.digest=sha256:abc"], "at '/prefect/server/image/digest'"],
];

describe.skipIf(withoutHelm !== undefined)(
  `misuse of the chart (${withoutHelm ?? "refused by Helm"})`,
  () => {
    it.each(misuses)("%j is refused with the key to set", async (settings, text) => {
      expect(await refusal(...settings)).toContain(text);
    });

    it("an exact tag or a digest is taken", async () => {
      expect(await refusal("prefect.devWorker.image.tag=1.2.3")).toBe("(Helm took it)");
      const digest = `sha256:${"a".repeat(64)}`;
      expect(
        await refusal(`prefect.devWorker.image.digest=${digest}`, "prefect.devWorker.image.tag=latest"),
      ).toBe("(Helm took it)");
    });
  },
);
