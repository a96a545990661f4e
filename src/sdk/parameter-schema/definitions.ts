import { isDeepStrictEqual } from "node:util";
import type { Json, JsonObject } from "../../prefect/api-types.ts";
import { isJsonObject } from "../../prefect/json-object.ts";
import { tidied } from "./tidy.ts";
import { definitionName, titleOf } from "./titles.ts";

const ZOD_PREFIX = "#/$defs/";
const PREFIX = "#/definitions/";

/** Shapes schemas, and collects the objects inside them as definitions, which the form gives a part of its own. */
export class Definitions {
  #definitions = new Map<string, JsonObject>();
  #named: JsonObject;
  /** What zod's names became: it calls those that hold themselves, and have no id, `__schema0`. */
  #names = new Map<string, string>();

  /** @param named  zod's own `$defs`: objects with an id, and those that hold themselves */
  constructor(named: JsonObject) {
    this.#named = named;
  }

  get size(): number {
    return this.#definitions.size;
  }

  all(): JsonObject {
    return Object.fromEntries(this.#definitions);
  }

  /** A schema as a field has it; `name` is the field's. */
  shape(schema: Json | undefined, name: string): JsonObject {
    const own = withoutId(tidied(isJsonObject(schema) ? schema : {}));
    if (typeof own.$ref === "string") return { ...own, $ref: PREFIX + this.#refer(own.$ref, name) };
    const shaped = this.#inside(own, name);
    if (shaped.properties === undefined) return shaped;
    // Beside the reference stays what is said of the field, not of the object.
    const { default: fallback, description, ...object } = shaped;
    return {
      $ref: PREFIX + this.#add(nameOf(object, name), object),
      ...(fallback !== undefined && { default: fallback }),
      ...(description !== undefined && { description }),
    };
  }

  #refer(ref: string, field: string): string {
    const zodName = ref.replace(ZOD_PREFIX, "");
    const known = this.#names.get(zodName);
    if (known !== undefined) return known;
    const name = zodName.startsWith("__") ? this.#free(definitionName(field)) : zodName;
    // Before it is shaped: it may hold itself.
    this.#names.set(zodName, name);
    this.#definitions.set(name, {});
    const schema = this.#named[zodName];
    const shaped = this.#inside(withoutId(tidied(isJsonObject(schema) ? schema : {})), name);
    this.#definitions.set(name, { title: name, ...shaped });
    return name;
  }

  #free(wanted: string): string {
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? wanted : `${wanted}${number}`;
      if (!this.#definitions.has(name) && this.#named[name] === undefined) return name;
    }
  }

  #inside(schema: JsonObject, name: string): JsonObject {
    const result = { ...schema };
    if (isJsonObject(result.properties)) {
      const fields = Object.entries(result.properties).map(([key, field]) => [
        key,
        { title: titleOf(key), ...this.shape(field, key) },
      ]);
      result.properties = Object.fromEntries(fields);
    }
    for (const key of ["items", "additionalProperties", "not"]) {
      if (isJsonObject(result[key])) result[key] = this.shape(result[key], name);
    }
    for (const key of ["anyOf", "allOf", "prefixItems"]) {
      const parts = result[key];
      if (Array.isArray(parts)) result[key] = parts.map((part) => this.shape(part, name));
    }
    return result;
  }

  /** Gives the definition's name, which is another than the wanted one where that is taken by another object. */
  #add(wanted: string, object: JsonObject): string {
    const same = [...this.#definitions].find(
      ([name, known]) => name.startsWith(wanted) && isDeepStrictEqual(known, { title: name, ...object }),
    );
    const name = same?.[0] ?? this.#free(wanted);
    this.#definitions.set(name, { title: name, ...object });
    return name;
  }
}

/** An object of a choice is called by what tells it from the others, any other by the field that it is the value of. */
function nameOf({ title, properties }: JsonObject, field: string): string {
  if (typeof title === "string") return title;
  for (const property of Object.values(isJsonObject(properties) ? properties : {})) {
    const only = isJsonObject(property) && Array.isArray(property.enum) && property.enum;
    if (only && only.length === 1 && typeof only[0] === "string") return definitionName(only[0]);
  }
  return definitionName(field);
}

function withoutId({ id: _, ...schema }: JsonObject): JsonObject {
  return schema;
}
