import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { OpenStack, Services } from "../stack/index.ts";
import { demoEnvironment } from "./cli.ts";
import { listObjects } from "./reports.ts";
import { cyan, dim, heading, say } from "./words.ts";

const SHOWN = 12;

/** Prints the reports that lie in S3, and how to read one. */
export async function tellReports(services: Services): Promise<void> {
  const objects = await listObjects(services.s3);
  heading(`In S3, bucket ${services.s3.bucket}`);
  for (const { key, bytes } of objects.slice(0, SHOWN)) {
    say(`  ${key}  ${dim(`${bytes.toLocaleString("en")} bytes`)}`);
  }
  if (objects.length > SHOWN) say(dim(`  and ${objects.length - SHOWN} more`));
  if (objects.length === 0) say(dim("  nothing"));
}

/** Prints where to look and what to try, and writes the file of variables for another terminal. */
export async function tellWhereToLook(stack: OpenStack, services: Services): Promise<void> {
  const file = join(stack.folder, "env.sh");
  const { PREFECT_HOME = "" } = demoEnvironment(stack);
  const variables = { ...stack.environment(), PREFECT_HOME };
  const lines = Object.entries(variables).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  );
  await writeFile(file, `${lines.join("\n")}\n`, { mode: 0o600 });

  heading("Look around");
  say(`  Prefect's pages    ${cyan(services.prefect.uiUrl)}`);
  say(`  Logs               ${join(stack.folder, "logs")}`);
  heading("In another terminal, in this folder");
  say(`  . ${file}`);
  say(`  bin/prefect-ts flow-run ls                          ${dim("the runs")}`);
  say(`  bin/prefect-ts deployment run NAME --watch          ${dim("one more run")}`);
  say(
    `  npm run -s report                                   ${dim("the reports in S3; with a key: that report")}`,
  );
  say(`  git push -f $GIT_REPOSITORY_URL HEAD:dev            ${dim("the next run is of this commit")}`);
}
