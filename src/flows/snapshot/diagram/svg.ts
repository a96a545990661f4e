import type { SnapshotSource } from "../catalog.ts";
import type { ModelTable, SchemaModel } from "../model.ts";
import { type DiagramLayout, diagramLayout, type Line, type OwnerFrame } from "./layout.ts";
import { linePath } from "./line-path.ts";
import { clipped, FONT_SIZE, HEADER, ROW, textWidth } from "./metrics.ts";
import { rowPlaces, type TableBox } from "./table-box.ts";

const MARGIN = 30;
const INDEX_GAP = 28;
const INDEX_ROW = 26;
const LEAST_WIDTH = 900;
const HEADING = 70;
const NOTE_SIZE = 13;

/**
 * The schema as a drawing, piece by piece: a frame an owner, a box a table, a line a foreign key. It is one file without scripts
 * or anything loaded from elsewhere, in real size: to be scrolled, searched and zoomed in a browser. Names of owners above, and
 * of tables that a foreign key names, are links to them; resting on a table shows all its columns.
 */
export function* schemaSvg(
  model: SchemaModel,
  { generated_at_utc, source }: { generated_at_utc: string; source: SnapshotSource },
): Generator<string> {
  const layout = diagramLayout(model);
  const counted = `${count(model.tables.length, "table")}, ${count(model.references.length, "foreign key")}, ${generated_at_utc}`;
  const note = `${counted}. ${legend(layout, model.references.length)}`;
  const content = Math.max(layout.width, textWidth(note, NOTE_SIZE));
  const width = Math.ceil(Math.max(LEAST_WIDTH, content + 2 * MARGIN));
  const index = ownerIndex(layout.frames, width - 2 * MARGIN);
  const top = HEADING + index.height + MARGIN;
  const height = Math.ceil(top + layout.height + MARGIN);
  const title = `${source.service_name} at ${source.host}:${source.port}`;
  yield `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<title>${escapeXml(`Oracle schema of ${title}`)}</title>
<style>${STYLE}</style>
<defs><marker id="end" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z"/></marker></defs>
<rect width="100%" height="100%" class="page"/>
<text x="${MARGIN}" y="42" class="title">${escapeXml(title)}</text>
<text x="${MARGIN}" y="64" class="note">${escapeXml(note)}</text>
<g transform="translate(${MARGIN} ${HEADING})">
${index.text}</g>
<g transform="translate(${MARGIN} ${top})">
`;
  for (const frame of layout.frames) yield frameText(frame);
  for (const line of layout.lines) yield lineText(line, hueOf(line.from.table.owner));
  for (const { boxes } of layout.frames) for (const box of boxes) yield boxText(box, layout);
  yield "</g>\n</svg>\n";
}

/** What is shown, and what is not. */
function legend({ keysOnly, lines }: DiagramLayout, references: number): string {
  if (!keysOnly) return "* not null";
  const others = references - lines.length;
  const words =
    others === 1
      ? "The one to another owner has no line"
      : `The ${others.toLocaleString("en-US")} to other owners have no lines`;
  return (
    "Columns of keys are shown; rest on a table for all of them." +
    (others === 0 ? "" : ` ${words}: the columns name and link the table.`)
  );
}

function ownerIndex(frames: readonly OwnerFrame[], limit: number): { text: string; height: number } {
  let text = "";
  let x = 0;
  let y = INDEX_ROW;
  for (const { id, title } of frames.toSorted((one, other) => one.owner.localeCompare(other.owner))) {
    const width = textWidth(title);
    if (x > 0 && x + width > limit) {
      x = 0;
      y += INDEX_ROW;
    }
    text += `<a href="#${id}"><text x="${Math.round(x)}" y="${y}" class="link">${escapeXml(title)}</text></a>\n`;
    x += width + INDEX_GAP;
  }
  return { text, height: y };
}

function frameText({ id, title, titleSize, owner, x, y, width, height }: OwnerFrame): string {
  const hue = hueOf(owner);
  return `<g id="${id}"><rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="10" fill="hsl(${hue} 45% 97%)" stroke="hsl(${hue} 35% 75%)"/>
<text x="${round(x + 24)}" y="${round(y + 8 + titleSize)}" class="owner" style="font-size:${titleSize}px;fill:hsl(${hue} 50% 30%)">${escapeXml(title)}</text></g>
`;
}

function lineText(line: Line, hue: number): string {
  const { name, from, columns, to, toColumns } = line.reference;
  const words = `${name}: ${from.name} (${columns.join(", ")}) → ${to.name} (${toColumns.join(", ")})`;
  return `<path d="${linePath(line)}" class="fk" stroke="hsl(${hue} 45% 50%)"><title>${escapeXml(words)}</title></path>\n`;
}

function boxText(box: TableBox, { boxOf }: DiagramLayout): string {
  const { table, id, rows, hidden, width, height } = box;
  const hue = hueOf(table.owner);
  const places = rowPlaces(box);
  const lines = rows.map(({ mark, name, note, target }, index) => {
    const y = HEADER + index * ROW + 13;
    const marked =
      mark === ""
        ? ""
        : `<text x="${places.mark}" y="${y}" class="mark ${mark === "PK" ? "primary" : "foreign"}">${mark}</text>`;
    const noted = `<text x="${places.note}" y="${y}" class="${target ? "link" : "type"} end">${escapeXml(note)}</text>`;
    const goal = target && boxOf.get(target);
    const linked = goal ? `<a href="#${goal.id}">${noted}</a>` : noted;
    return `${marked}<text x="${places.name}" y="${y}">${escapeXml(name)}</text>${linked}`;
  });
  if (hidden > 0) {
    lines.push(
      `<text x="${places.name}" y="${HEADER + rows.length * ROW + 13}" class="type">+ ${count(hidden, "column")}</text>`,
    );
  }
  return `<g id="${id}" transform="translate(${round(box.x)} ${round(box.y)})"><title>${escapeXml(columnsInWords(table))}</title>
<rect width="${width}" height="${height}" rx="4" class="table" stroke="hsl(${hue} 30% 55%)"/><path d="M0 4a4 4 0 0 1 4-4H${width - 4}a4 4 0 0 1 4 4V${HEADER - 4}H0z" fill="hsl(${hue} 45% 38%)"/>
<text x="${places.mark}" y="17" class="name">${escapeXml(clipped(table.name, 84))}</text>
${lines.join("\n")}</g>
`;
}

function columnsInWords({ owner, name, columns, primaryKey }: ModelTable): string {
  const lines = columns.map((column) => {
    const key = primaryKey.includes(column.name) ? " (key)" : "";
    return `${column.name} ${column.type}${column.nullable ? "" : " not null"}${key}`;
  });
  return [`${owner}.${name}`, ...lines].join("\n");
}

/** A colour for an owner, the same in every snapshot. */
function hueOf(owner: string): number {
  let hash = 7;
  for (const character of owner) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return hash % 360;
}

function count(number: number, thing: string): string {
  return `${number.toLocaleString("en-US")} ${thing}${number === 1 ? "" : "s"}`;
}

function round(value: number): number {
  return Math.round(value);
}

/** Makes a text safe as content of XML; characters that XML cannot hold become "?". */
function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "?");
}

const STYLE = `
text{font:${FONT_SIZE}px ui-monospace,"DejaVu Sans Mono","Liberation Mono",Menlo,Consolas,monospace;fill:#1c2430}
.page{fill:#fff}.title{font-size:24px;font-weight:600}.note{font-size:${NOTE_SIZE}px;fill:#5b6675}.owner{font-weight:600}
.table{fill:#fff}.name{font-weight:700;fill:#fff}.type{fill:#6b7686}.end{text-anchor:end}.link{fill:#1a5fb4}a:hover .link,a:hover.link{text-decoration:underline}
.mark{font-size:10px}.primary{font-weight:700;fill:#a15c00}.foreign{fill:#1a5fb4}
.fk{fill:none;stroke-width:1.4;opacity:.55;marker-end:url(#end)}.fk:hover{stroke-width:4;opacity:1}#end path{fill:context-stroke}
g:target>.table{stroke:#e5a50a;stroke-width:5}`;
