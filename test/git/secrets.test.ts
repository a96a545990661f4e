import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commandLines } from "./support/processes.ts";
import { failure, workspace } from "./support/workspace.ts";

const TOKEN = "glpat-0123456789abcdefXYZ";
const forms = [TOKEN, Buffer.from(`x-access-token:${TOKEN}`).toString("base64").slice(0, 30)];

/** Files below a folder that hold the token in any form. */
function filesWithToken(folder: string): string[] {
  const patterns = forms.flatMap((form) => ["-e", form]);
  const script = 'grep -rlaF "$@" . || true';
  return execFileSync("sh", ["-c", script, "sh", ...patterns], { cwd: folder, encoding: "utf8" })
    .split("\n")
    .filter(Boolean);
}

async function privateRepository() {
  const place = await workspace();
  await place.repository("flows");
  const server = await place.serve({ password: TOKEN });
  return { ...place, server, url: `${server.url}/flows.git` };
}

describe("an access token", () => {
  test("opens a private repository, given as token, as a block's fields or inside the URL", async () => {
    const place = await privateRepository();
    const inside = (user: string) => place.url.replace("//", `//${user}@`);
    const ways = [
      { accessToken: TOKEN },
      { credentials: { token: TOKEN } },
      { credentials: { username: "anna", password: TOKEN } },
      { repository: inside(`anna:${TOKEN}`) },
      { repository: inside(TOKEN) },
    ];
    for (const way of ways) {
      const checkout = await place.checkout({ repository: place.url, ...way });
      expect(checkout.repository).toBe(place.url);
    }
    expect(filesWithToken(place.folder)).toEqual([]);
    expect(place.lines.join("\n")).not.toContain(TOKEN);
  });

  test("never stands in the command line of any process", async () => {
    const place = await privateRepository();
    await place.server.setFault({ kind: "slow", milliseconds: 200 });
    let done = false;
    const made = place.checkout({ repository: place.url, accessToken: TOKEN }).finally(() => {
      done = true;
    });
    let seen = 0;
    while (!done) {
      for (const line of await commandLines(place.server.url)) {
        seen += 1;
        for (const form of forms) expect(line).not.toContain(form);
      }
    }
    await made;
    expect(seen, "git was seen at work").toBeGreaterThan(0);
  });

  test("that is wrong or missing gives an error that holds neither it nor a question", async () => {
    const place = await privateRepository();
    const wrong = `wrong-${TOKEN}`;
    const ways = [
      {},
      { accessToken: wrong },
      { repository: place.url.replace("//", `//anna:${wrong}@`) },
      { repository: place.url.replace("//", "//anna@") },
    ];
    for (const way of ways) {
      const error = await failure(place.checkout({ repository: place.url, ...way }));
      expect([error.code, error.retryable]).toEqual(["GIT_AUTHENTICATION_FAILED", false]);
      expect(`${error.message} ${error.stack} ${place.lines}`).not.toContain(TOKEN);
    }
    expect(filesWithToken(place.folder)).toEqual([]);
  });

  test("is not printed by libraries when DEBUG is set", async () => {
    const place = await privateRepository();
    const options = { repository: place.url, branch: "dev", accessToken: TOKEN, storage: place.storage };
    const json = JSON.stringify({ ...options, directory: join(place.folder, "run") });
    const env = { ...process.env, DEBUG: "*" };
    const child = spawn(process.execPath, [join(import.meta.dirname, "support/checkout-process.ts"), json], {
      env,
    });
    let printed = "";
    child.stderr.on("data", (chunk) => {
      printed += chunk;
    });
    child.stdin.write("go\n");
    await once(child, "close");
    expect(child.exitCode).toBe(0);
    expect(printed).toContain("GIT_CONFIG_VALUE");
    for (const form of forms) expect(printed).not.toContain(form);
  });

  test("in a refused URL is not shown", async () => {
    const place = await workspace();
    for (const repository of [
      `git://anna:${TOKEN}@host/x.git`,
      `https://${TOKEN}@:99999/x`,
      `https://host/x?t=${TOKEN}`,
    ]) {
      const error = await failure(place.checkout({ repository }));
      expect(error.code).toBe("GIT_BAD_INPUT");
      expect(`${error.message} ${error.stack}`).not.toContain(TOKEN);
    }
  });
});
