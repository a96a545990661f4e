import { OracleError } from "../errors.ts";
import { type Token, tokenize } from "./lexer.ts";

/** Words that cannot be an alias, because they begin the next clause. */
const RESERVED = new Set(
  `SELECT FROM WHERE GROUP HAVING ORDER UNION MINUS INTERSECT EXCEPT CONNECT START WITH ON USING JOIN INNER LEFT RIGHT FULL CROSS
   NATURAL AND OR NOT IS IN LIKE BETWEEN SET VALUES INTO AS FOR FETCH OFFSET DESC ASC NULLS WHEN THEN ELSE END RETURNING
   EXISTS CASE DISTINCT UNIQUE ALL ANY OF BY NULL`.split(/\s+/),
);

/** Walks over the tokens of a statement. */
export class TokenStream {
  readonly sql: string;
  readonly tokens: Token[];
  index = 0;

  constructor(sql: string) {
    this.sql = sql;
    this.tokens = tokenize(sql);
  }

  get token(): Token {
    return this.peek(0);
  }

  peek(ahead: number): Token {
    const token = this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)];
    if (!token) throw new OracleError(900, "invalid SQL statement");
    return token;
  }

  next(): Token {
    const token = this.token;
    this.index++;
    return token;
  }

  /** True when the next tokens are these words. */
  at(...words: string[]): boolean {
    return words.every((word, i) => this.peek(i).kind === "word" && this.peek(i).value === word);
  }

  atSymbol(symbol: string): boolean {
    return this.token.kind === "symbol" && this.token.value === symbol;
  }

  /** Takes the words when they come next. */
  take(...words: string[]): boolean {
    if (!this.at(...words)) return false;
    this.index += words.length;
    return true;
  }

  takeSymbol(symbol: string): boolean {
    if (!this.atSymbol(symbol)) return false;
    this.index++;
    return true;
  }

  /** Takes the word, or throws the ORA code that Oracle gives where it is missing. */
  need(word: string, code = 900, text = "invalid SQL statement"): void {
    if (!this.take(word)) throw new OracleError(code, text, this.token.at);
  }

  needSymbol(symbol: string): void {
    if (this.takeSymbol(symbol)) return;
    const [code, text] =
      symbol === ")"
        ? [907, "missing right parenthesis"]
        : symbol === "("
          ? [906, "missing left parenthesis"]
          : [936, "missing expression"];
    throw new OracleError(code as number, text as string, this.token.at);
  }

  atName(): boolean {
    return this.token.kind === "quoted" || (this.token.kind === "word" && !RESERVED.has(this.token.value));
  }

  /** A name; upper case unless quoted. Throws ORA-00903 or the code given. */
  name(code = 903, text = "invalid table name"): string {
    if (!this.atName()) throw new OracleError(code, text, this.token.at);
    return this.next().value;
  }

  /** A name of one to three parts. */
  path(code?: number, text?: string): string[] {
    const parts = [this.name(code, text)];
    while (this.atSymbol(".") && this.peek(1).kind !== "symbol") {
      this.index++;
      parts.push(this.next().value);
    }
    return parts;
  }

  alias(): string | undefined {
    if (this.take("AS")) return this.next().value;
    return this.atName() ? this.next().value : undefined;
  }

  /** Names in parentheses. */
  names(): string[] {
    const names: string[] = [];
    this.needSymbol("(");
    do names.push(this.name(904, "invalid identifier"));
    while (this.takeSymbol(","));
    this.needSymbol(")");
    return names;
  }

  /** Throws ORA-00933 unless the statement ends here. */
  end(): void {
    this.takeSymbol(";");
    if (this.token.kind !== "end")
      throw new OracleError(933, "SQL command not properly ended", this.token.at);
  }
}
