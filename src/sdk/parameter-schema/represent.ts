import type { z } from "zod";

/** Types whose values no JSON holds, and what to write in their place. */
const notJson: Record<string, string> = {
  date: "z.coerce.date(): the form then asks for date and time, and the flow gets a Date",
  bigint: "z.coerce.bigint(), or z.int()",
  map: "z.record(z.string(), …)",
  set: "z.array(…)",
  symbol: "z.enum([…])",
  undefined: "a type of its own, or leave the parameter out",
  void: "a type of its own, or leave the parameter out",
  nan: "z.number()",
  file: "z.string() with the file's path",
  function: "z.enum([…])",
  promise: "the type itself",
};

/** What the form sends for a type that zod makes of it. */
const coerced: Record<string, z.core.JSONSchema.BaseSchema> = {
  date: { type: "string", format: "date-time" },
  bigint: { type: "integer" },
};

interface Context {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: z.core.JSONSchema.BaseSchema;
  path: (string | number)[];
}

/**
 * Zod's `override`: gives what zod itself has no JSON schema for, and takes out patterns that the server, which is
 * written in Python, would read in another way.
 * @throws TypeError for a type that no JSON value is
 */
export function representOrRefuse({ zodSchema, jsonSchema, path }: Context, flowName: string): void {
  const { def } = zodSchema._zod;
  if ("coerce" in def && def.coerce === true && coerced[def.type] !== undefined) {
    Object.assign(jsonSchema, coerced[def.type]);
  } else if (notJson[def.type] !== undefined) {
    const name = path.filter((key) => key !== "properties").join(".") || "(all)";
    throw new TypeError(
      `Parameter "${name}" of flow "${flowName}" is a ${def.type}, which cannot be given as JSON. Use ${notJson[def.type]}.`,
    );
  }
  if (def.type !== "string") return;
  const [only, ...others] = patternsOf(def);
  // A format says the same in words that the form knows.
  const said = jsonSchema.format !== undefined || only === undefined || others.length > 0;
  if (!said && isSameInPython(only)) return;
  delete jsonSchema.pattern;
  delete jsonSchema.allOf;
}

function patternsOf(def: z.core.$ZodStringDef): RegExp[] {
  const parts: object[] = [def, ...(def.checks ?? []).map((check) => check._zod.def)];
  return parts.flatMap((part) => ("pattern" in part && part.pattern instanceof RegExp ? [part.pattern] : []));
}

/** Whether Python's `re` takes the pattern for the same: no flags (they are not in a JSON schema), no syntax of its own. */
function isSameInPython({ flags, source }: RegExp): boolean {
  return flags.replace(/[gdy]/g, "") === "" && !/\\[pPuckQ]|\(\?<|\[\^?\]|\(\?[ims-]+:/.test(source);
}
