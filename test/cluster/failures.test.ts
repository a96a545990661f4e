import { afterEach, describe, expect, it } from "vitest";
import { waitFor } from "../support/wait-for.ts";
import {
  ended,
  inState,
  kubectl,
  kubectlWith,
  PATIENT,
  readyWorkers,
  release,
  run,
  upgrade,
  WORKERS,
  withoutRelease,
  workerPods,
} from "./support/release.ts";

const asInstalled = ["prefect.deploy.enabled=false"];
describe.skipIf(withoutRelease !== undefined)(
  `a release with mishaps (${withoutRelease ?? "in a real cluster"})`,
  () => {
    afterEach(async () => {
      if (withoutRelease !== undefined) return;
      await upgrade(...asInstalled);
      await readyWorkers(1);
    });

    it("has its worker's container killed with -9, and starts the run anew that may be", async () => {
      const [pod] = await readyWorkers(1);
      const id = await run("Counts seconds/counts-seconds", { seconds: 30 });
      await inState(id, "RUNNING");
      // Everything in the container but its first process, which then ends by itself.
      await kubectl("exec", pod?.metadata.name ?? "", "-c", "worker", "--", "sh", "-c", "kill -9 -1").catch(
        String,
      );
      await waitFor(
        async () =>
          (await workerPods())[0]?.status.containerStatuses?.some(({ restartCount }) => restartCount > 0),
        { ...PATIENT, what: "the container was started again" },
      );
      const { state_type, run_count } = await ended(id);
      expect(state_type).toBe("COMPLETED");
      expect(run_count).toBe(2);
    });

    it("ends a run as Crashed that takes more memory than the pod has, and goes on with others", async () => {
      const id = await run("Eats memory/eats-memory", { megabytes: 4000 });
      // Tagged `idempotent` it would start anew where the whole container was ended; either way it does not complete.
      const first = await inState(id, "CRASHED", "SCHEDULED", "FAILED");
      expect(first.state_type).not.toBe("FAILED");
      if (first.state_type === "CRASHED") expect(first.state.message).toMatch(/SIGKILL.*memory/);
      else await kubectl("rollout", "restart", "deployment/specify7-prefect-dev-worker");
      const other = await run("Counts seconds/counts-seconds", { seconds: 1 });
      expect(await ended(other)).toMatchObject({ state_type: "COMPLETED" });
    });

    it("keeps its old worker at work when the new image's tag is not there", async () => {
      await upgrade("prefect.devWorker.image.tag=missing", ...asInstalled);
      const stuck = await waitingForInit(/ErrImage|ImagePull/);
      expect(await kubectl("describe", "pod", stuck)).toMatch(/prefect-ts:missing/);
      const id = await run("Counts seconds/counts-seconds", { seconds: 1 });
      expect(await ended(id)).toMatchObject({ state_type: "COMPLETED" });
    });

    it("says in the pod's log which keys of the secret are wrong", async () => {
      const { ORACLE_PROD_PASSWORD: password = "", ORACLE_PROD_USER: _, ...others } = release.variables;
      const secret = {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "wrong-secret", namespace: release.namespace },
        stringData: { ...others, ORACLE_PROD_PASWORD: password, ORACLE_PROD_USER: "" },
      };
      await kubectlWith(JSON.stringify(secret), "apply", "-f", "-");
      await upgrade("secrets.existingSecret=wrong-secret", ...asInstalled);
      const log = await waitFor(
        async () => {
          const text = await kubectl("logs", "-l", WORKERS, "-c", "check-secret", "--tail=20");
          return text.includes("wrong-secret") ? text : undefined;
        },
        { ...PATIENT, what: "the check has spoken" },
      );
      expect(log).toContain("ORACLE_PROD_USER is empty");
      expect(log).toContain(
        "ORACLE_PROD_PASSWORD is missing (there is ORACLE_PROD_PASWORD: a slip of the pen?)",
      );
      expect(log).not.toContain(password);
    });

    it("says in the pod's log that the secret is not there at all", async () => {
      await upgrade("secrets.existingSecret=no-such-secret", ...asInstalled);
      await waitFor(
        async () =>
          (await kubectl("logs", "-l", WORKERS, "-c", "check-secret", "--tail=20")).includes(
            "The secret no-such-secret is not there, or is empty",
          ),
        { ...PATIENT, what: "the check has spoken" },
      );
    });

    it("does not start with another password than the server's, and says so", async () => {
      const secret = {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "wrong-auth", namespace: release.namespace },
        stringData: { "auth-string": "admin:another" },
      };
      await kubectlWith(JSON.stringify(secret), "apply", "-f", "-");
      // Only the new worker pod has it: the server keeps the right one.
      const name = "deployment/specify7-prefect-dev-worker";
      const wrong = { valueFrom: { secretKeyRef: { name: "wrong-auth", key: "auth-string" } } };
      const container = { name: "worker", env: [{ name: "PREFECT_API_AUTH_STRING", ...wrong }] };
      const patch = { spec: { template: { spec: { containers: [container] } } } };
      await kubectl("patch", name, "--patch", JSON.stringify(patch));
      await waitFor(
        async () =>
          /401|PREFECT_API_AUTH_STRING/.test(
            await kubectl("logs", "-l", WORKERS, "-c", "worker", "--tail=20", "--ignore-errors"),
          ),
        { ...PATIENT, what: "the worker says what is refused" },
      );
    });
  },
);

/** The pod whose first container waits for such a reason. */
async function waitingForInit(reason: RegExp): Promise<string> {
  return await waitFor(
    async () => {
      const columns =
        "custom-columns=N:.metadata.name,R:.status.initContainerStatuses[*].state.waiting.reason";
      const lines = (await kubectl("get", "pods", "-l", WORKERS, "--no-headers", "-o", columns)).split("\n");
      return lines.find((line) => reason.test(line))?.split(/\s+/)[0];
    },
    { ...PATIENT, what: `a pod whose init container waits with ${reason}` },
  );
}
