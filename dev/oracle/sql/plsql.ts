import { OracleError } from "../errors.ts";
import type { Token } from "./lexer.ts";
import type { TokenStream } from "./token-stream.ts";

/** One statement of an anonymous block: SQL to run, or a value for a bind variable. */
export type PlsqlStep = { assign: string; expression: string; from: number } | { sql: string; from: number };

const WITHOUT_EFFECT = /^(DBMS_SESSION|DBMS_APPLICATION_INFO|DBMS_OUTPUT)$/;
const SQL = new Set("INSERT UPDATE DELETE COMMIT ROLLBACK".split(" "));

/**
 * Reads the small part of PL/SQL that the stand-in has: a block of NULL, `:name := expression`, INSERT, UPDATE,
 * DELETE, COMMIT, ROLLBACK, and calls to packages without effect here. Throws ORA-06550 for anything else.
 */
export function parseBlock(stream: TokenStream): { steps: PlsqlStep[]; binds: string[] } {
  if (!stream.take("BEGIN")) throw unknown(stream.token);
  const binds: string[] = [];
  const steps: PlsqlStep[] = [];
  while (!stream.take("END")) {
    const start = stream.token;
    const first = stream.index;
    while (!stream.atSymbol(";")) if (stream.next().kind === "end") throw unknown(start);
    const tokens = stream.tokens.slice(first, stream.index);
    const step = readStep(tokens, stream.sql);
    if (step) steps.push(step);
    stream.next();
  }
  for (const token of stream.tokens)
    if (token.kind === "bind" && !binds.includes(token.value)) binds.push(token.value);
  return { steps, binds };
}

function readStep(tokens: Token[], sql: string): PlsqlStep | undefined {
  const [first, second, third] = tokens;
  const last = tokens.at(-1);
  if (!first || !last) return undefined;
  if (first.kind === "bind" && second?.value === ":=" && third) {
    return { assign: first.value, expression: sql.slice(third.at, last.to), from: third.at };
  }
  if (first.kind === "word" && SQL.has(first.value))
    return { sql: sql.slice(first.at, last.to), from: first.at };
  if (first.value === "NULL" || WITHOUT_EFFECT.test(first.value)) return undefined;
  throw unknown(first);
}

function unknown(token: Token): OracleError {
  return new OracleError(
    6550,
    `PLS-00103: the stand-in does not know this PL/SQL near "${token.value}"`,
    token.at,
  );
}
