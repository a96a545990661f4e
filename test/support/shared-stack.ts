import { request } from "node:http";
import { inject } from "vitest";
import type { StackSettings } from "../../dev/stack/environment.ts";
import type { ServiceName } from "../../dev/stack/existing.ts";

/** Services of the stack that this test run shares, and the variables for worker and flows (all started so far). */
export type SharedStack<Name extends ServiceName> = Pick<StackSettings, Name> & {
  env: Record<string, string>;
};

/**
 * Gives services of the stack that all test files share; starts those that don't run yet. Call it at the top of a
 * test file: `const stack = await sharedStack("prefect", "git")`. What a test makes there needs a name of its own.
 * For a server to be stopped, or a setting of its own, use `startStack` from dev/stack in that test.
 * @throws Error with the reason when a service does not start
 */
export function sharedStack<Name extends ServiceName>(...names: Name[]): Promise<SharedStack<Name>> {
  const url = new URL(inject("stackHost"));
  for (const name of names) url.searchParams.append("service", name);
  // Not fetch: it gives up after five minutes, and a first installation on a slow line may take longer.
  return new Promise((done, fail) => {
    request(url, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => {
        if (response.statusCode === 200) done(JSON.parse(text));
        else fail(new Error(`the local stack did not start: ${text}`));
      });
    })
      .on("error", fail)
      .end();
  });
}
