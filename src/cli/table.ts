import Table from "cli-table3";
import { onStdout, print } from "./output.ts";

/** Writes a table. Cells are never cut: ids are there to be copied. */
export function printTable(title: string, head: string[], rows: string[][], caption?: string): void {
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  table.push(...rows);
  const text = table.toString();
  const width = text.indexOf("\n");
  print(onStdout.italic(centred(title, width)));
  print(text);
  if (caption !== undefined) print(onStdout.red(centred(caption, width)));
}

function centred(text: string, width: number): string {
  return " ".repeat(Math.max(0, Math.floor((width - text.length) / 2))) + text;
}
