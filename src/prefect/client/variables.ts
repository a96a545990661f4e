import type { Json } from "../api-types.ts";
import { isNotFound } from "../errors.ts";
import type { Http } from "../http/http.ts";

interface Variable {
  name: string;
  value: Json;
  tags: string[];
}

const path = (name: string) => `/variables/name/${encodeURIComponent(name)}`;

/** `/variables` of a Prefect API. */
export class Variables {
  #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** The value, or undefined when there is no variable of that name. */
  async read(name: string): Promise<Json | undefined> {
    try {
      return (await this.#http.get<Variable>(path(name))).value;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** @throws PrefectError API_CONFLICT when there is one of that name */
  async create(variable: Variable): Promise<void> {
    await this.#http.post("/variables/", variable);
  }

  /** @throws PrefectError API_NOT_FOUND */
  update(name: string, changes: Omit<Variable, "name">): Promise<void> {
    return this.#http.patch(path(name), changes);
  }

  /** @throws PrefectError API_NOT_FOUND */
  delete(name: string): Promise<void> {
    return this.#http.delete(path(name));
  }
}
