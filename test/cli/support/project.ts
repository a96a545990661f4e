import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** A flow with two parameters; it waits, fails or says hello as its parameters tell it. */
const greeter = (flowName: string) => `
import { flow, logger, sleep, z } from "prefect-ts";
export const greet = flow(
  {
    name: ${JSON.stringify(flowName)},
    description: "Greets somebody.",
    parameters: z.object({ who: z.string().default("world"), seconds: z.number().default(0) }),
  },
  async ({ who, seconds }) => {
    logger.info("Good day, " + who);
    if (seconds > 0) await sleep(seconds * 1000);
    if (who === "nobody") throw new Error("there is nobody to greet");
  },
);
`;

export interface TestProject {
  folder: string;
  /** A name for flows, pools and deployments that no other test uses. */
  unique: string;
  flowName: string;
  write(path: string, text: string): Promise<void>;
}

/** A folder with one flow, `flow.ts`, as a user's project has it. */
export async function testProject(): Promise<TestProject> {
  const folder = await temporaryFolder();
  const unique = `cli-${randomUUID().slice(0, 8)}`;
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  const flowName = `Greeting ${unique}`;
  await write("flow.ts", greeter(flowName));
  return { folder, unique, flowName, write };
}
