import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { runCli } from "../support/cli.ts";
import { waitFor } from "../support/wait-for.ts";
import {
  api,
  ended,
  helm,
  kubectl,
  kubectlWith,
  logsOf,
  readyWorkers,
  release,
  run,
  WORKERS,
  withoutRelease,
} from "./support/release.ts";

const env = { PREFECT_API_URL: release.apiUrl, PREFECT_API_AUTH_STRING: release.authString };

describe.skipIf(withoutRelease !== undefined)(
  `an installed release (${withoutRelease ?? "in a real cluster"})`,
  () => {
    it("has a ready worker, and pool, queues and deployments by the hook", async () => {
      await readyWorkers(1);
      const queues = await api.post<{ name: string }[]>("/work_pools/dev-process/queues/filter");
      expect(queues.map(({ name }) => name).sort()).toEqual(["default", "urgent"]);
      const deployments = await api.post<{ name: string }[]>("/deployments/filter");
      expect(deployments.map(({ name }) => name)).toEqual(
        expect.arrayContaining(["infrastructure-prod-check-dev", "migrate-users-dev", "counts-seconds"]),
      );
      expect(await kubectl("logs", "job/specify7-prefect-deploy")).toMatch(/Checked out \w+ of branch dev/);
    });

    it("passes its own `helm test`", async () => {
      expect(await helm("test", "specify7", "--timeout", "5m")).toContain("Phase:          Succeeded");
      expect(await kubectl("logs", "pod/specify7-test")).toMatch(
        /pool dev-process is there, \d workers are online/,
      );
    });

    it("runs the connectivity check against Oracle, MariaDB and S3 from its pod", async () => {
      const watched = await runCli(
        ["deployment", "run", "Infrastructure Prod Check/infrastructure-prod-check-dev", "--watch"],
        { env },
      );
      expect(watched.stdout + watched.stderr).toContain("Completed");
      expect(watched.code).toBe(0);
    });

    it("runs the main job from its pod: users from Oracle to Specify, and a report in S3", async () => {
      const id = await run("Migrate Users/migrate-users-dev", { dry_run: false });
      const { state_name, state } = await ended(id);
      expect(state_name, state.message ?? "").toBe("Completed");
      expect((await logsOf(id)).join("\n")).toContain("migration-reports/");
    });

    it("keeps the worker's log for kubectl, by the label of the runbook, as JSON", async () => {
      const [line = ""] = (await kubectl("logs", "-l", WORKERS, "-c", "worker", "--tail=5")).split("\n");
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number), msg: expect.any(String) });
      expect(await kubectl("logs", "-l", WORKERS, "-c", "check-secret")).toContain(
        "has the 4 keys that it must have",
      );
    });

    it("runs as a user without rights, on a root that can't be written to", async () => {
      const say = "id -u; touch /app/x 2>&1; touch /home/node/x && echo home; ls /var/run/secrets";
      const said = await kubectl(
        "exec",
        "deploy/specify7-prefect-dev-worker",
        "-c",
        "worker",
        "--",
        "sh",
        "-c",
        say,
      );
      expect(said).toMatch(/^1000\n.*Read-only file system\nhome/);
      // No rights to the cluster's API, since a process worker needs none.
      expect(said).not.toContain("kubernetes.io");
    });

    it("gives server and page through the runbook's port-forward", async () => {
      const forward = spawn(
        release.programs.kubectl,
        [
          "--namespace",
          release.namespace,
          "port-forward",
          "--address",
          "127.0.0.1",
          "svc/specify7-prefect-server",
          ":4200",
        ],
        { env: { ...process.env, KUBECONFIG: release.kubeconfig }, stdio: ["ignore", "pipe", "inherit"] },
      );
      let said = "";
      forward.stdout.on("data", (text: Buffer) => {
        said += text;
      });
      try {
        const port = await waitFor(() => /127\.0\.0\.1:(\d+) ->/.exec(said)?.[1], {
          what: "the port is forwarded",
        });
        expect((await fetch(`http://127.0.0.1:${port}/api/health`)).status).toBe(200);
        expect(
          (await fetch(`http://127.0.0.1:${port}/api/deployments/count`, { method: "POST" })).status,
        ).toBe(401);
        expect(await (await fetch(`http://127.0.0.1:${port}/dashboard`)).text()).toContain("<title>");
      } finally {
        const gone = once(forward, "exit");
        forward.kill();
        await gone;
      }
    });

    it("is made of objects that the API server takes without a warning, in every set of values", async () => {
      const folder = join(import.meta.dirname, "..", "charts", "golden");
      for (const file of await readdir(folder)) {
        // Of Prometheus' and KEDA's operators the cluster knows nothing.
        const documents = parseAllDocuments(await readFile(join(folder, file), "utf8"))
          .map((document) => document.toJS() as { kind: string; metadata: object } | null)
          .filter((object) => object !== null && !["ServiceMonitor", "ScaledObject"].includes(object.kind))
          .map((object) => JSON.stringify(object));
        const args = ["create", "--dry-run=server", "--validate=strict", "--warnings-as-errors", "-f", "-"];
        const namespace = `check-${file.replace(".yaml", "")}`;
        await kubectl("create", "namespace", namespace);
        await kubectl(
          "label",
          "namespace",
          namespace,
          "pod-security.kubernetes.io/enforce=restricted",
          "pod-security.kubernetes.io/warn=restricted",
        );
        const said = await kubectlWith(
          documents.join("\n---\n").replaceAll('"namespace":"museum"', `"namespace":"${namespace}"`),
          ...args,
          "--namespace",
          namespace,
        );
        expect(said.split("\n")).toHaveLength(documents.length);
        await kubectl("delete", "namespace", namespace, "--wait=false");
      }
    });
  },
);
