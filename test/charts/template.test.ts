import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { chart, helm, withoutHelm } from "./support/helm.ts";

const here = import.meta.dirname;
const sets = {
  staging: join(chart, "staging.values.yaml"),
  everything: join(here, "values", "everything.yaml"),
  trial: join(here, "values", "trial.yaml"),
};

interface Container {
  readonly securityContext: Record<string, unknown>;
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Record<string, string> };
  readonly spec?: {
    readonly template?: { readonly spec: Manifest["spec"] };
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly securityContext?: Record<string, unknown>;
    readonly terminationGracePeriodSeconds?: number;
  };
}

const render = async (values: string, ...flags: string[]) =>
  await helm("template", "specify7", chart, "--namespace", "museum", "-f", values, ...flags);
const manifests = (text: string) =>
  parseAllDocuments(text).flatMap((document) => (document.toJS() as Manifest | null) ?? []);

describe.skipIf(withoutHelm !== undefined)(`the chart (${withoutHelm ?? "rendered by Helm"})`, () => {
  it.each(Object.entries(sets))("passes Helm's lint with the values %s", async (_, values) => {
    expect(await helm("lint", chart, "--strict", "-f", values)).toContain("0 chart(s) failed");
  });

  it.each(Object.entries(sets))("makes of the values %s what its golden file has", async (name, values) => {
    await expect(`${await render(values)}\n`).toMatchFileSnapshot(join(here, "golden", `${name}.yaml`));
  });

  it.each(Object.entries(sets))(
    "gives every object of %s a component, and names of at most 63",
    async (_, values) => {
      for (const { kind, metadata } of manifests(await render(values))) {
        expect(metadata.labels.component, `${kind} ${metadata.name}`).toMatch(/^prefect-/);
        expect(metadata.name.length, metadata.name).toBeLessThanOrEqual(63);
      }
    },
  );

  it.each(Object.entries(sets))(
    "lets every container of %s pass Pod Security's restricted",
    async (_, values) => {
      const pods = manifests(await render(values)).flatMap((manifest) => {
        const spec = manifest.spec?.template?.spec ?? manifest.spec;
        return spec?.containers === undefined ? [] : [spec];
      });
      expect(pods.length).toBeGreaterThanOrEqual(3);
      for (const pod of pods) {
        expect(pod.securityContext).toMatchObject({
          runAsNonRoot: true,
          seccompProfile: { type: "RuntimeDefault" },
        });
        for (const { securityContext } of [...(pod.containers ?? []), ...(pod.initContainers ?? [])]) {
          expect(securityContext).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          });
        }
      }
    },
  );

  it("gives a pod 45 seconds more than its runs have", async () => {
    const text = await render(sets.staging, "--set", "prefect.devWorker.drainSeconds=600");
    expect(text).toContain("--drain-seconds=600");
    expect(text).toContain("terminationGracePeriodSeconds: 645");
  });

  it("leaves the number of workers to the autoscaler where there is one", async () => {
    expect(await render(sets.staging, "--show-only", "templates/worker/deployment.yaml")).toMatch(
      /\n {2}replicas: 1\n/,
    );
    expect(await render(sets.trial, "--show-only", "templates/worker/deployment.yaml")).not.toMatch(
      /\n {2}replicas:/,
    );
  });

  it("uses PostgreSQL by a secret, and makes no claim then", async () => {
    const text = await render(sets.staging, "--set", "prefect.server.database.existingSecret=prefect-db");
    expect(text).not.toContain("PersistentVolumeClaim");
    expect(text).toContain("secretKeyRef: { name: prefect-db, key: connection-url }");
  });
});
