import type { ServiceName } from "../stack/existing.ts";
import type { OpenStack, Services } from "../stack/index.ts";
import { LiveBlock } from "./live-block.ts";
import { dim, green } from "./words.ts";

const NAMES: readonly ServiceName[] = ["git", "prefect", "mariadb", "s3", "oracle"];

/** What the demo shows of the services while they start: a line each, with what is going on. */
export class StackBlock {
  readonly #block = new LiveBlock();
  readonly #texts = new Map<string, string>();

  /** The progress callback for the stack. */
  readonly onProgress = (service: string, text: string): void => {
    this.#texts.set(service, text);
    this.#show();
  };

  /** Starts all services and shows where they are. */
  async start(stack: OpenStack): Promise<Services> {
    this.#show();
    const services = await stack.ensure(...NAMES);
    for (const [name, where] of Object.entries(addresses(services))) {
      const text = this.#texts.get(name) ?? "";
      this.#texts.set(name, `${text.padEnd(20)} ${where}`);
    }
    this.#show();
    return services;
  }

  #show(): void {
    const lines = NAMES.map((name) => {
      const text = this.#texts.get(name) ?? "starting";
      const ready = text.startsWith("ready");
      const shown = `  ${ready ? green("●") : dim("○")} ${name.padEnd(9)} ${ready ? text : dim(text)}`;
      return this.#texts.has(name) ? { shown, told: `  ${name.padEnd(9)} ${text}` } : { shown };
    });
    this.#block.update(lines);
  }
}

function addresses({ git, prefect, mariadb, s3, oracle }: Services): Record<string, string> {
  return {
    git: git.repositoryUrl,
    prefect: prefect.uiUrl,
    mariadb: `${mariadb.host}:${mariadb.port}, database ${mariadb.database}`,
    s3: `${s3.endpoint}, bucket ${s3.bucket}`,
    oracle: `${oracle.host}:${oracle.port}/${oracle.service}`,
  };
}
