/** Expressions and conditions of Oracle's SQL. */
export type Expr =
  | { k: "text" | "number"; value: string }
  | { k: "null" }
  | { k: "bind"; position: number; name: string }
  | { k: "column"; path: string[]; at: number; outer: boolean }
  | {
      k: "call";
      name: string;
      args: Expr[];
      distinct: boolean;
      star: boolean;
      over?: Window;
      within?: OrderItem[];
      at: number;
    }
  | { k: "binary"; op: string; left: Expr; right: Expr }
  | { k: "unary"; op: "-" | "+" | "NOT"; arg: Expr }
  | {
      k: "case";
      operand: Expr | undefined;
      whens: { when: Expr; result: Expr }[];
      otherwise: Expr | undefined;
    }
  | { k: "cast"; arg: Expr; type: string }
  | { k: "in"; left: Expr; not: boolean; list: Expr[] | Query }
  | { k: "between"; left: Expr; not: boolean; low: Expr; high: Expr }
  | { k: "like"; left: Expr; not: boolean; pattern: Expr; escape: Expr | undefined }
  | { k: "isNull"; arg: Expr; not: boolean }
  | { k: "exists"; query: Query }
  | { k: "subquery"; query: Query }
  | { k: "row"; items: Expr[] }
  | { k: "moment"; what: "DATE" | "TIMESTAMP"; value: string }
  | { k: "interval"; value: string; unit: string }
  | { k: "extract"; field: string; arg: Expr }
  | { k: "trim"; where: "LEADING" | "TRAILING" | "BOTH"; chars: Expr | undefined; arg: Expr };

/** The OVER clause of an analytic function; `frame` is passed on as it was written. */
export interface Window {
  partition: Expr[];
  order: OrderItem[];
  frame: string;
}

export interface OrderItem {
  expr: Expr;
  desc: boolean;
  nulls: "FIRST" | "LAST" | undefined;
}

/** `star` is `*` or `alias.*`; `text` is the expression as Oracle names the column. */
export type SelectItem =
  | { star: string | true }
  | { star?: never; expr: Expr; alias: string | undefined; text: string };

export type FromItem =
  | { k: "table"; path: string[]; alias: string | undefined; at: number }
  | { k: "derived"; query: Query; alias: string | undefined }
  | { k: "join"; how: string; left: FromItem; right: FromItem; on: Expr | undefined; using: string[] };

export interface Select {
  k: "select";
  distinct: boolean;
  items: SelectItem[];
  from: FromItem[];
  where: Expr | undefined;
  groupBy: Expr[];
  having: Expr | undefined;
}

export type Body =
  | Select
  | { k: "compound"; op: string; left: Body; right: Body }
  | { k: "nested"; query: Query };

export interface Query {
  ctes: { name: string; columns: string[]; query: Query }[];
  body: Body;
  orderBy: OrderItem[];
  offset: Expr | undefined;
  limit: Expr | undefined;
}

export interface TableName {
  path: string[];
  alias: string | undefined;
  at: number;
}

export type Statement =
  | { k: "query"; query: Query }
  | {
      k: "insert";
      table: TableName;
      columns: string[];
      rows: (Expr | "default")[][] | undefined;
      query: Query | undefined;
    }
  | {
      k: "update";
      table: TableName;
      sets: { columns: string[]; value: Expr | "default" }[];
      where: Expr | undefined;
    }
  | { k: "delete"; table: TableName; where: Expr | undefined }
  | { k: "ddl"; words: string; tokens: number }
  | { k: "plsql" };
