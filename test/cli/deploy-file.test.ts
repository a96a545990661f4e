import { expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { testProject } from "./support/project.ts";

/** Mistakes in the file are told of before any server is asked: there is none at this address. */
const env = { PREFECT_API_URL: "http://127.0.0.1:1/api" };

async function deployWith(prefectYaml: string, args: string[] = ["--all"]) {
  const project = await testProject();
  await project.write("prefect.yaml", prefectYaml);
  return runCli(["deploy", ...args], { cwd: project.folder, env });
}

it("tells every mistake of prefect.yaml, each with line and column", async () => {
  const { code, stdout, stderr } = await deployWith(`deployments:
  - name: one
    entrypoint: flow.ts
    version: 1.5
    work_pol:
      name: p
  - name: two
    concurrency_limit: lots
    schedules:
      - timezone: Norway/Oslo
        cron: "0 3 * * *"
        interval: 60
    tags: {a: b}
`);
  expect(stderr.split("\n")).toEqual([
    "prefect.yaml has 6 mistake(s). Nothing was deployed.",
    "  • prefect.yaml:4:5 deployments[0].version: must be text: put 1.5 in quotes",
    "  • prefect.yaml:5:5 deployments[0].work_pol: unknown key, did you mean work_pool?",
    expect.stringContaining("prefect.yaml:13:5 deployments[1].tags: must be a list of texts"),
    expect.stringContaining(
      "prefect.yaml:10:9 deployments[1].schedules[0].timezone: is not the name of a time zone",
    ),
    expect.stringContaining(
      "prefect.yaml:10:9 deployments[1].schedules[0]: must have exactly one of cron, interval",
    ),
    expect.stringContaining(
      "prefect.yaml:8:5 deployments[1].concurrency_limit: must be a whole number above 0",
    ),
    "",
  ]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
});

it("points to the place where an anchor's value was written", async () => {
  const { stderr } = await deployWith(`definitions:
  pool: &pool
    name: p
    work_queue_name: 7
deployments:
  - name: one
    work_pool: *pool
  - name: two
    work_pool:
      <<: *pool
      name: q
`);
  expect(stderr).toContain(
    "prefect.yaml:4:5 deployments[0].work_pool.work_queue_name: must be text: put 7 in quotes",
  );
  expect(stderr).toContain(
    "prefect.yaml:4:5 deployments[1].work_pool.work_queue_name: must be text: put 7 in quotes",
  );
});

it.each([
  [
    "deployments:\n  - name: 'one\n",
    /prefect\.yaml is not valid YAML\. Nothing was deployed\.\n {2}• prefect\.yaml:\d+:\d+ /,
  ],
  ["name: a\nname: b\n", /prefect\.yaml:2:1 Map keys must be unique/],
  ["deployments: {name: one}\n", /prefect\.yaml:1:1 deployments: Invalid input: expected array/],
  ["- name: one\n", /prefect\.yaml:1:1 .*expected object/],
])("refuses %j", async (text, expected) => {
  const { code, stderr } = await deployWith(text);
  expect(stderr).toMatch(expected);
  expect(code).toBe(1);
});

it("says that there is no prefect.yaml, and what to do", async () => {
  const { folder } = await testProject();
  const { code, stderr } = await runCli(["deploy", "--all"], { cwd: folder, env });
  expect(stderr).toContain(`There is no prefect.yaml in ${folder}.`);
  expect(code).toBe(1);
});

it("asks for a name when there are several deployments and no terminal", async () => {
  const { code, stderr } = await deployWith("deployments: [{name: one}, {name: two}]", []);
  expect(stderr).toContain("Please specify the name of at least one deployment to create or update (--name)");
  expect(stderr).toContain("Known: 'one', 'two'.");
  expect(code).toBe(2);
});

it.each([
  [["--name", "onne"], "could not be found, so nothing was deployed: onne. Did you mean 'one'?"],
  [["--name", "x*"], "could not be found, so nothing was deployed: x*."],
  [["--all", "--name", "one"], "Cannot use both `--all` and `--name` at the same time."],
])("refuses %j", async (args, text) => {
  const { code, stderr } = await deployWith("deployments: [{name: one}, {name: two}]", args);
  expect(stderr).toContain(text);
  expect(code).toBeGreaterThan(0);
});
