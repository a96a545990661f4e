import type { PrefectClient } from "../prefect/client/client.ts";

/** Names of flows by id. A flow keeps its name for good, so each is asked for once. */
export class FlowNames {
  readonly #client: PrefectClient;
  readonly #known = new Map<string, string>();

  constructor(client: PrefectClient) {
    this.#client = client;
  }

  /** @throws PrefectError when the flow cannot be read */
  async of(id: string): Promise<string> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const { name } = await this.#client.deployments.readFlow(id);
    this.#known.set(id, name);
    return name;
  }
}
