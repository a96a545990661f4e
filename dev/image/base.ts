import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runCommand } from "../stack/command.ts";
import { findInPath, installWithApt } from "../stack/install/apt.ts";
import { PROJECT } from "../stack/install/cache.ts";
import type { Engine } from "./engine.ts";

const RELEASE = "bookworm";
/** What Node is linked with, and how a build trusts servers. */
const PACKAGES = ["ca-certificates", "libatomic1", "libstdc++6"];
/** What a base brings along: programs then trust and find what this machine trusts and finds. */
const CHANGES = [
  "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  "ENV NODE_USE_SYSTEM_CA=1",
  "ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt",
];

/**
 * Makes Debian slim with Node under the name that a Dockerfile's `FROM` has, for an engine that can pull nothing:
 * debootstrap, this project's own Node, and this machine's npm.
 */
export async function baseImage(engine: Engine, name: string, say: (text: string) => void): Promise<void> {
  const present = await engine.docker("image", "ls", "--quiet", name);
  if (present !== "") return;
  await installWithApt(
    {
      present: async () => (await findInPath("debootstrap")) !== undefined,
      packages: ["debootstrap"],
      cost: "a few seconds",
      purpose: "making a base image without a registry",
    },
    say,
  );
  say(`making ${name} with debootstrap (about 40 s) ...`);
  const folder = await mkdtemp(join(tmpdir(), "prefect-ts-base-"));
  try {
    const root = join(folder, "root");
    const include = `--include=${PACKAGES.join(",")}`;
    await runCommand("debootstrap", ["--variant=minbase", include, RELEASE, root]);
    await addNode(root);
    await trustTheSame(root);
    await slimDown(root);
    const archive = join(folder, "root.tar");
    await runCommand("tar", ["-C", root, "-cf", archive, "."]);
    const changes = CHANGES.flatMap((change) => ["--change", change]);
    await engine.docker("import", ...changes, archive, name);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As Debian's slim images are: without manuals and translations, also of what is installed later. */
async function slimDown(root: string): Promise<void> {
  const left = ["usr/share/doc", "usr/share/man", "usr/share/info", "usr/share/locale"];
  const rules = left.map((folder) => `path-exclude /${folder}/*`);
  await writeFile(join(root, "etc", "dpkg", "dpkg.cfg.d", "slim"), `${rules.join("\n")}\n`);
  for (const folder of [...left, "var/cache/apt", "var/lib/apt/lists"]) {
    await rm(join(root, folder), { recursive: true, force: true });
  }
}

async function addNode(root: string): Promise<void> {
  const local = join(root, "usr", "local");
  await cp(join(PROJECT, "node_modules", "node", "bin", "node"), join(local, "bin", "node"));
  const npm = dirname(dirname(await runCommand("realpath", [(await findInPath("npm")) ?? "npm"])));
  const modules = join(local, "lib", "node_modules");
  await mkdir(modules, { recursive: true });
  await runCommand("cp", ["-a", npm, join(modules, "npm")]);
  for (const program of ["npm", "npx"]) {
    await runCommand("ln", [
      "-sf",
      `../lib/node_modules/npm/bin/${program}-cli.js`,
      join(local, "bin", program),
    ]);
  }
}

/** Certificates of a company's own authority, without which nothing could be downloaded in a build. */
async function trustTheSame(root: string): Promise<void> {
  const own = "/usr/local/share/ca-certificates";
  await runCommand("cp", ["-aT", own, join(root, own)]).catch(() => "none of its own");
  await runCommand("cp", [
    "-L",
    "/etc/ssl/certs/ca-certificates.crt",
    join(root, "etc/ssl/certs/ca-certificates.crt"),
  ]);
}
