import { afterAll, describe, expect, it } from "vitest";
import { waitFor } from "../support/wait-for.ts";
import {
  api,
  ended,
  inState,
  isReady,
  kubectl,
  logsOf,
  PATIENT,
  type Pod,
  readyWorkers,
  run,
  upgrade,
  withoutRelease,
  workerPods,
} from "./support/release.ts";

const nameOf = (pod: Pod) => pod.metadata.name;
const imageOf = (pod: Pod) => pod.spec.containers[0]?.image;
const online = async () => {
  const workers = await api.post<{ status: string }[]>("/work_pools/dev-process/workers/filter");
  return workers.filter(({ status }) => status === "ONLINE").length;
};

/** The pod that has, or had, the run: the host in its `infrastructure_pid`, which may come after its state. */
const podOf = async (id: string) =>
  await waitFor(
    async () => {
      const { infrastructure_pid: at } = await api.get<{ infrastructure_pid: string | null }>(
        `/flow_runs/${id}`,
      );
      return at?.split(":")[0];
    },
    { ...PATIENT, what: `run ${id} has a process` },
  );

describe.skipIf(withoutRelease !== undefined)(
  `a release's workers (${withoutRelease ?? "in a real cluster"})`,
  () => {
    afterAll(async () => {
      if (withoutRelease !== undefined) return;
      await upgrade("prefect.deploy.enabled=false");
      await readyWorkers(1);
    });

    it("become three, share the runs, and become one again without losing any", async () => {
      await upgrade(
        "prefect.devWorker.replicas=3",
        "prefect.devWorker.limit=2",
        "prefect.deploy.enabled=false",
      );
      await readyWorkers(3);
      await waitFor(async () => (await online()) >= 3, { ...PATIENT, what: "three workers are online" });
      const names = Array.from({ length: 6 }, () => run("Counts seconds/counts-seconds", { seconds: 60 }));
      const runs = await Promise.all(names);
      const workers = new Set<string>();
      for (const id of runs) {
        await inState(id, "RUNNING");
        workers.add(await podOf(id));
      }
      // Six runs for three workers with two slots each.
      expect(workers.size).toBe(3);
      await kubectl("scale", "deployment/specify7-prefect-dev-worker", "--replicas=1");
      for (const id of runs) expect(await ended(id)).toMatchObject({ state_type: "COMPLETED", run_count: 1 });
      await readyWorkers(1);
    });

    it("are rolled out to a new image in mid-run, and every run ends in the worker that began it", async () => {
      await upgrade("prefect.deploy.enabled=false");
      const [before] = await readyWorkers(1);
      const runs = await Promise.all(
        [1, 2, 3].map(() => run("Counts seconds/counts-seconds", { seconds: 90 })),
      );
      for (const id of runs) await inState(id, "RUNNING");

      await upgrade("prefect.devWorker.image.tag=2", "prefect.deploy.enabled=false");
      const after = await waitFor(
        async () => (await workerPods()).find((pod) => imageOf(pod)?.endsWith(":2") && isReady(pod)),
        { ...PATIENT, what: "a ready pod of the new image" },
      );
      expect(nameOf(after)).not.toBe(before && nameOf(before));
      // The new one takes what comes now, while the old one still has its runs.
      const later = await run("Counts seconds/counts-seconds", { seconds: 1 });
      expect(await ended(later)).toMatchObject({ state_type: "COMPLETED" });
      expect(await podOf(later)).toBe(nameOf(after));

      for (const id of runs) {
        expect(await ended(id)).toMatchObject({ state_type: "COMPLETED", run_count: 1 });
        expect((await logsOf(id)).join("\n")).toContain("second 90 of 90");
      }
      await waitFor(
        async () => !(await kubectl("get", "pods", "-o", "name")).includes(before ? nameOf(before) : "none"),
        { ...PATIENT, what: "the old pod is gone" },
      );
    });
  },
);
