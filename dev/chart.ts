// `node dev/bootstrap.mjs dev/chart.ts`: writes the table of values in the chart's README anew.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withValuesTable } from "./chart/readme.ts";
import { PROJECT } from "./stack/install/cache.ts";

const chart = join(PROJECT, "charts", "specify7");
const readme = join(chart, "README.md");
const values = await readFile(join(chart, "values.yaml"), "utf8");
await writeFile(readme, withValuesTable(await readFile(readme, "utf8"), values));
