import type { RowOf } from "./catalog.ts";

/** The type of a column as it stands in DDL: `NUMBER(10,2)`, `VARCHAR2(200 CHAR)`, `TIMESTAMP(6) WITH TIME ZONE`. */
export function typeText(column: RowOf<"columns">): string {
  const type = String(column.data_type ?? "UNKNOWN");
  switch (type) {
    case "NUMBER":
      return numberType(column);
    case "FLOAT":
      return column.data_precision === null ? type : `FLOAT(${column.data_precision})`;
    case "VARCHAR2":
    case "CHAR":
      return column.char_used === "C"
        ? `${type}(${column.char_length} CHAR)`
        : `${type}(${column.data_length})`;
    case "NVARCHAR2":
    case "NCHAR":
      return `${type}(${column.char_length})`;
    case "RAW":
      return `RAW(${column.data_length})`;
    default:
      return type;
  }
}

function numberType({ data_precision: precision, data_scale: scale }: RowOf<"columns">): string {
  if (precision === null) return scale === null ? "NUMBER" : `NUMBER(*,${scale})`;
  return scale === null || scale === 0 ? `NUMBER(${precision})` : `NUMBER(${precision},${scale})`;
}
