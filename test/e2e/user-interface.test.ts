import { randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page, Response } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, type TestBrowser } from "../support/browser.ts";
import { runCli } from "../support/cli.ts";
import { isRunning } from "../support/processes.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitFor } from "../support/wait-for.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";
import { linesOnceThere } from "./support/told.ts";

/** Where to write the picture that the documentation shows; it is left as it is unless this is set. */
const picture =
  process.env.PREFECT_TS_UPDATE_IMAGES && join(import.meta.dirname, "../../docs/images/run-form.png");

const project = join(import.meta.dirname, "../..");
const stack = await sharedStack("prefect", "git");
const pages = `${stack.prefect.uiUrl}/v2`;
let scenario: Scenario;
let browser: TestBrowser | { skip: string };

beforeAll(async () => {
  browser = await openBrowser();
  scenario = await openScenario(stack);
  await scenario.startWorker();
  // On a fresh machine the browser is installed first.
}, 600_000);
afterAll(async () => {
  if ("close" in browser) await browser.close();
  await scenario.close();
});

/** Deploys the fixture `form` from the command line, as a user would; gives the deployment's id. */
async function deployForm(): Promise<string> {
  const folder = await temporaryFolder();
  const code = await readFile(join(project, "test/fixtures/flows/form.ts"), "utf8");
  const flowName = `Form ${scenario.pool}`;
  const own = code.replace('name: "Form"', `name: "${flowName}"`);
  await mkdir(join(folder, "flows"));
  await writeFile(join(folder, "flows/form.ts"), own);
  const pull = [
    { "prefect.deployments.steps.git_clone": { repository: scenario.repositoryUrl, branch: "dev" } },
  ];
  const deployments = [
    { name: "form", entrypoint: "flows/form.ts:form", work_pool: { name: scenario.pool } },
  ];
  await writeFile(join(folder, "prefect.yaml"), JSON.stringify({ pull, deployments }));
  await scenario.repository.commitFile("flows/form.ts", own);
  const {
    code: exit,
    stderr,
    stdout,
  } = await runCli(["deploy", "--all", "--no-prompt"], {
    cwd: folder,
    env: stack.env,
  });
  expect(exit, stdout + stderr).toBe(0);
  const path = `/deployments/name/${encodeURIComponent(flowName)}/form`;
  return (await scenario.api.get<{ id: string }>(path)).id;
}

/** Presses Submit, again where the busy server has not answered well; gives the id of the run that was made. */
function submit(page: Page): Promise<string> {
  return waitFor(
    async () => {
      const isAnswer = (response: Response) =>
        response.url().endsWith("/create_flow_run") ||
        (response.url().endsWith("/validate") && !response.ok());
      const answered = page.waitForResponse(isAnswer, { timeout: 20_000 });
      await page.getByRole("button", { name: "Submit" }).click();
      const answer = await answered;
      if (!answer.ok())
        throw new Error(`${answer.url()} answered ${answer.status()}: ${await answer.text()}`);
      return ((await answer.json()) as { id: string }).id;
    },
    { what: "the form makes a run", timeoutMs: 90_000, everyMs: 1_000 },
  );
}

/** Of the form alone, without the message of its first refusal. */
async function takePicture(page: Page, path: string): Promise<void> {
  await page.addStyleTag({ content: "[data-sonner-toaster] { display: none }" });
  await page.setViewportSize({ width: 1000, height: 2200 });
  await page.locator("form").screenshot({ path });
}

/** Fills a field of each kind, after the form has refused to go without the one that is required. */
async function fillForm(page: Page): Promise<void> {
  const field = (name: string) => page.getByLabel(name, { exact: true });
  const choose = async (name: string, ...options: string[]) => {
    await page.getByRole("button", { name: `Select ${name}` }).click();
    for (const option of options) await page.getByRole("option", { name: option, exact: true }).click();
    await page.keyboard.press("Escape");
  };
  await waitFor(
    async () => {
      await page.getByRole("button", { name: "Submit" }).click();
      const refusal = page.locator("form").getByText("'who' is a required property");
      await refusal.first().waitFor({ timeout: 10_000 });
      return true;
    },
    { what: "the form refuses to go without what is required", timeoutMs: 60_000 },
  );
  await field("who").fill("Ola");
  await choose("museum", "UM");
  await field("limit (Optional)").fill("7");
  await field("share (Optional)").fill("0.5");
  await field("dry_run (Optional)").click();
  await field("since (Optional)").click();
  // The calendar shows the present month.
  await page.getByRole("button", { name: / 15th, / }).click();
  await page.keyboard.press("Escape");
  await field("Host").fill("specify.example.org");
  await page.getByRole("button", { name: "Add item" }).click();
  // A new item comes without a label of its own.
  await page.getByRole("textbox").and(page.locator("textarea")).nth(3).fill("Betula");
  await choose("kinds", "dry", "frozen");
  await page.getByRole("tab", { name: "str" }).click();
  await page.getByRole("tabpanel").locator("textarea").fill("from the form");
  await field("password (Optional)").fill("musit");
}

describe("Prefect's form for a run", () => {
  it("has a field for every kind of parameter, and a worker runs what was filled in", {
    timeout: 180_000,
  }, async ({ skip }) => {
    if ("skip" in browser) return skip(browser.skip);
    const deployment = await deployForm();
    const page = await browser.open(`${pages}/deployments/deployment/${deployment}/run`);
    // What the form shows, when its parts have been loaded.
    const form = page.locator("form");
    for (const label of ["who", "museum (Optional)", "target (Optional)", "Port Number (Optional)"])
      await form.getByText(label, { exact: true }).waitFor();
    for (const description of ["Who is greeted.", "Read and report, but write nothing.", "Where to write."])
      await form.getByText(description).waitFor();
    for (const value of ["NHM", "01/31/2026 01:00 PM", '"Salix": 1', 'Property is type "None"'])
      await form.getByText(value).waitFor();
    await fillForm(page);
    if (picture) await takePicture(page, picture);
    const run = await submit(page);
    expect((await scenario.ended(run, 60_000)).state_name).toBe("Completed");
    const { parameters } = await scenario.api.get<{ parameters: Record<string, unknown> }>(
      `/flow_runs/${run}`,
    );
    const { since, ...others } = parameters;
    expect(others).toEqual({
      who: "Ola",
      museum: "UM",
      limit: 7,
      share: 0.5,
      dry_run: false,
      target: { host: "specify.example.org", portNumber: 3306 },
      taxa: ["Salix", "Betula"],
      kinds: ["dry", "frozen"],
      note: "from the form",
      weights: { Salix: 1 },
      password: "musit",
    });
    // The form sends the zone of whoever fills it, summer time or not; the flow gets what its schema asks for.
    expect(since).toMatch(/^\d{4}-\d\d-15T\d\d:\d\d:00\+0[12]:00$/);
    expect(await scenario.log(run, /^with /)).toMatch(/"since":"\d{4}-\d\d-1[45]T\d\d:\d\d:00Z"/);
  });
});

describe("Prefect's menu of a run", () => {
  it("cancels it while it runs", { timeout: 180_000 }, async ({ skip }) => {
    if ("skip" in browser) return skip(browser.skip);
    const file = join(scenario.folder, `started-${randomUUID()}`);
    const run = await scenario.run(await scenario.deployFixture("waits"), { seconds: 600, file });
    const [pid] = (await linesOnceThere(file)).map(Number);
    const { name } = await scenario.inState(run, "Running");
    const page = await browser.open(`${pages}/runs/flow-run/${run}`);
    await page.getByText(name, { exact: true }).first().waitFor();
    const menus = page.locator("main button[aria-haspopup=menu]");
    const cancel = page.getByRole("menuitem", { name: "Cancel", exact: true });
    // The page draws itself anew with each answer, which may close a menu.
    await waitFor(
      async () => {
        await menus.first().click({ timeout: 5_000 });
        await cancel.click({ timeout: 2_000 });
        await page.getByRole("alertdialog").waitFor({ timeout: 2_000 });
        return true;
      },
      { what: "the page asks whether to cancel", timeoutMs: 60_000 },
    );
    // Again where the busy server has not answered well.
    const submit = page.getByRole("alertdialog").getByRole("button", { name: "Cancel Flow Run" });
    await waitFor(
      async () => {
        if (await submit.isVisible()) await submit.click({ timeout: 5_000 });
        return (await scenario.states(run)).includes("Cancelling");
      },
      { what: "the run is to be cancelled", timeoutMs: 60_000, everyMs: 1_000 },
    );
    expect((await scenario.ended(run)).state_name).toBe("Cancelled");
    await waitFor(() => !isRunning(pid ?? 0), { what: "the run's process has ended" });
  });
});

describe("Prefect's pages of artifacts", () => {
  it("show every kind", { timeout: 180_000 }, async ({ skip }) => {
    if ("skip" in browser) return skip(browser.skip);
    const prefix = `ui-${randomUUID().slice(0, 8)}`;
    const run = await scenario.run(await scenario.deployFixture("asks", "shows"), { prefix });
    expect((await scenario.ended(run, 60_000)).state_name).toBe("Completed");
    const artifacts = await scenario.api.post<{ id: string; key: string }[]>("/artifacts/filter", {
      artifacts: { key: { like_: `${prefix}-%` } },
    });
    expect(artifacts).toHaveLength(5);
    const show = async (kind: string) => {
      const id = artifacts.find(({ key }) => key === `${prefix}-${kind}`)?.id;
      return (browser as TestBrowser).open(`${pages}/artifacts/artifact/${id}`);
    };
    const markdown = await show("markdown");
    await markdown.getByRole("heading", { name: "Herbarium" }).waitFor();
    await markdown.getByText("Summary").first().waitFor();
    await (await show("table")).getByRole("cell", { name: "Salix herbacea" }).waitFor();
    const link = (await show("link")).getByRole("link", { name: "The report" });
    expect(await link.getAttribute("href")).toBe("https://example.org/report.html");
    const image = (await show("image")).getByAltText("artifact-image");
    await waitFor(
      () => image.evaluate((element) => "naturalWidth" in element && element.naturalWidth === 9),
      {
        what: "the image is shown",
      },
    );
    await (await show("progress")).getByText("Progress: 75%").waitFor();
  });
});

/** A node of a run's graph, as the server gives it to the UI. */
interface GraphNode {
  kind: string;
  label: string;
  parents: { id: string }[];
}

/** How many colours a picture of the page's graph has: an empty one has next to none. */
async function coloursOfGraph(page: Page): Promise<number> {
  const png = (await page.locator("canvas").first().screenshot()).toString("base64");
  // As text: types of a browser are not among those of Node.
  return page.evaluate<number>(`(async () => {
    const bitmap = await createImageBitmap(await (await fetch("data:image/png;base64,${png}")).blob());
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    return new Set(new Uint32Array(data.buffer)).size;
  })()`);
}

describe("Prefect's page of a run", () => {
  it("draws its tasks with what waited for what, and its subflows", { timeout: 180_000 }, async ({
    skip,
  }) => {
    if ("skip" in browser) return skip(browser.skip);
    const run = await scenario.run(await scenario.deployFixture("draws"));
    expect((await scenario.ended(run, 60_000)).state_name).toBe("Completed");
    const path = `/flow_runs/${run}/graph-v2`;
    // The server records task runs in its own time.
    await waitFor(async () => (await scenario.api.get<{ nodes: unknown[] }>(path)).nodes.length === 4, {
      what: "the server has all four nodes",
      timeoutMs: 60_000,
    });
    const page = await browser.open("about:blank");
    const answered = page.waitForResponse((answer) => answer.url().endsWith(path) && answer.ok());
    await page.goto(`${pages}/runs/flow-run/${run}`, { waitUntil: "domcontentloaded" });
    const { nodes } = (await (await answered).json()) as { nodes: [string, GraphNode][] };
    const labels = new Map(nodes.map(([id, { label }]) => [id, label]));
    const shown = nodes.map(([, { kind, label, parents }]) => [
      kind,
      label,
      parents.map(({ id }) => labels.get(id)).sort(),
    ]);
    expect(shown.sort()).toEqual([
      ["flow-run", "Tell / tells", []],
      ["task-run", "Count-0", ["Read-0", "Read-1"]],
      ["task-run", "Read-0", []],
      ["task-run", "Read-1", []],
    ]);
    await waitFor(async () => (await coloursOfGraph(page)) > 100, {
      what: "the graph is drawn",
      timeoutMs: 60_000,
      everyMs: 500,
    });
  });
});
