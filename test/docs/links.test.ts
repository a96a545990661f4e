import { access, readdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { expect, it } from "vitest";

const project = join(import.meta.dirname, "../..");
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "bench/README.md",
  ...(await readdir(join(project, "docs"), { recursive: true }))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

/** The text without blocks and spans of code, in which brackets are no links. */
function prose(text: string): string {
  return text.replace(/^ *```[\s\S]*?^ *```$/gm, "").replace(/`[^`\n]*`/g, "");
}

/** The anchors that a page has on GitHub and GitLab: its headings in small letters, with hyphens for spaces. */
function anchorsOf(text: string): string[] {
  const headings = [...text.replace(/^ *```[\s\S]*?^ *```$/gm, "").matchAll(/^#+ +(.+)$/gm)];
  return headings.map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

it.each(pages)("the links of %s lead to files and headings that are there", async (page) => {
  const text = await readFile(join(project, page), "utf8");
  const targets = [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  const broken: string[] = [];
  for (const target of targets.filter((one) => !/^[a-z]+:/.test(one))) {
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? join(project, page) : join(project, dirname(page), path);
    try {
      await access(file);
      if (anchor && !anchorsOf(await readFile(file, "utf8")).includes(anchor)) broken.push(target);
    } catch (error) {
      broken.push(`${target}: ${(error as Error).message.replace(project, "")}`);
    }
  }
  expect(broken, `in ${relative(".", page)}`).toEqual([]);
});
