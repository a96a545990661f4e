import { findInPath, installWithApt } from "./apt.ts";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/**
 * The path of a Chromium; installed where it is missing and we are root.
 * @throws Error that gives the command to run where it cannot be installed
 */
export async function chromium(say: (text: string) => void): Promise<string> {
  const find = async () => {
    for (const name of names) {
      const found = await findInPath(name);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  await installWithApt(
    {
      present: async () => (await find()) !== undefined,
      packages: ["chromium"],
      cost: "about 40 s, 400 MB",
      purpose: "a browser for Prefect's pages",
    },
    say,
  );
  const found = await find();
  if (found === undefined) throw new Error("no Chromium in PATH: install one");
  return found;
}
