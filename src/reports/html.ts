/** A report as a person reads it. All texts are plain: they are escaped here. */
export interface ReportPage {
  title: string;
  /** One sentence under the title. */
  summary: string;
  /** Shown as a strip above: such as "Dry run: nothing was written". */
  notice?: string | undefined;
  /** Name and value, small, such as when it was made. */
  facts: readonly (readonly [name: string, value: string])[];
  /** The figures. */
  counts: readonly ReportCount[];
  sections: readonly ReportSection[];
}

interface ReportCount {
  label: string;
  value: number;
  /** "bad" is drawn in red when the value is not 0. */
  tone?: "good" | "bad";
}

interface ReportSection {
  title: string;
  /** Shown when there are no rows. */
  empty: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}

/** Makes one self-contained page: no scripts, nothing loaded from elsewhere, readable on paper too. */
export function renderReportPage(page: ReportPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(page.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(page.title)}</h1>
<p class="summary">${escapeHtml(page.summary)}</p>
${page.notice === undefined ? "" : `<p class="notice">${escapeHtml(page.notice)}</p>`}
</header>
<ul class="counts">
${page.counts.map(renderCount).join("\n")}
</ul>
${page.sections.map(renderSection).join("\n")}
<footer><dl>
${page.facts.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`).join("\n")}
</dl></footer>
</main>
</body>
</html>
`;
}

/** Makes a text safe as content and within quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function renderCount({ label, value, tone }: ReportCount): string {
  const mark = value === 0 || tone === undefined ? "" : ` class="${tone}"`;
  return `<li${mark}><b>${value.toLocaleString("en-US")}</b> ${escapeHtml(label)}</li>`;
}

function renderSection({ title, empty, columns, rows }: ReportSection): string {
  const heading = `<h2>${escapeHtml(title)} <span>${rows.length.toLocaleString("en-US")}</span></h2>`;
  if (rows.length === 0) return `<section>${heading}<p class="empty">${escapeHtml(empty)}</p></section>`;
  const head = columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join("");
  const body = rows
    .map((row) => `<tr>${row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}</tr>`)
    .join("\n");
  return `<section>${heading}<table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></section>`;
}

const STYLE = `
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--line:#dfe3e8;--page:#fff;--card:#f5f7f9;--good:#1a7f4b;--bad:#b3261e;--note:#fff4d6}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ee;--soft:#9aa5b4;--line:#333b46;--page:#14181d;--card:#1d232a;--good:#5fd39a;--bad:#ff8a80;--note:#4a3b10}}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:60rem;margin:0 auto;padding:2.5rem 1.5rem}
h1{font-size:1.75rem;line-height:1.2;margin:0}
h2{font-size:1.1rem;margin:2.25rem 0 .5rem}
h2 span{color:var(--soft);font-weight:400}
.summary{color:var(--soft);margin:.5rem 0 0}
.notice{background:var(--note);border-radius:.5rem;padding:.6rem 1rem;margin:1rem 0 0}
.counts{list-style:none;margin:1.5rem 0 0;padding:0;display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.75rem}
.counts li{background:var(--card);border-radius:.5rem;padding:.75rem 1rem;color:var(--soft);font-size:.9rem}
.counts b{display:block;font-size:1.6rem;line-height:1.2;color:var(--ink);font-variant-numeric:tabular-nums}
.counts .good b{color:var(--good)}.counts .bad b{color:var(--bad)}
table{width:100%;border-collapse:collapse;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.45rem .75rem .45rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th{color:var(--soft);font-weight:500;white-space:nowrap}
.empty{color:var(--soft)}
footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:1rem;font-size:.85rem;color:var(--soft)}
dl{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;margin:0}dl div{display:flex;gap:.4rem}dd{margin:0;color:var(--ink)}
@media print{body{font-size:10.5pt}main{max-width:none;padding:0}.counts li{border:1px solid var(--line)}tr,.counts li{break-inside:avoid}thead{display:table-header-group}h2{break-after:avoid}}
`;
