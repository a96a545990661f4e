import type { Statements } from "../database.ts";
import { PERIODS } from "./chronostratigraphy-periods.ts";
import { insertRow } from "./rows.ts";
import type { NewTree } from "./trees.ts";

/** A period of the chart with those within it. */
interface Period {
  name: string;
  start: number | null;
  startUncertainty: number | null;
  end: number | null;
  endUncertainty: number | null;
  parts: Period[];
}

/** Depth in the chart times 100, from erathems on. */
const RANK_STEP = 100;
/** From here on (series and stages) the names above are part of a full name. */
const FIRST_RANK_IN_FULL_NAME = 300;

/**
 * Fills a chronostratigraphy tree as Specify does for disciplines of geology and palaeontology: 174 periods below the root, numbered as
 * a nested set that overlaps with no other tree's.
 */
export async function fillChronostratigraphy(
  statements: Statements,
  { id, items, rootId }: NewTree,
): Promise<void> {
  const [last] = await statements.query<{ number: number }>(
    "SELECT COALESCE(MAX(HighestChildNodeNumber), 0) AS number FROM geologictimeperiod FOR UPDATE",
  );
  const root = Number(last?.number ?? 0) + 1;
  const periods = chart();
  let number = root;
  const insert = async (
    period: Period,
    rankId: number,
    parentId: number | null,
    above: string[],
  ): Promise<void> => {
    number += 1;
    const fullName = [period.name, ...above];
    const periodId = await insertRow(statements, "geologictimeperiod", {
      Name: period.name,
      FullName: fullName.join(", "),
      RankID: rankId,
      IsAccepted: 1,
      StartPeriod: period.start,
      StartUncertainty: period.startUncertainty,
      EndPeriod: period.end,
      EndUncertainty: period.endUncertainty,
      NodeNumber: number,
      HighestChildNodeNumber: number + size(period.parts),
      ParentID: parentId,
      GeologicTimePeriodTreeDefID: id,
      GeologicTimePeriodTreeDefItemID: items.get(rankId) ?? null,
    });
    const within = rankId >= FIRST_RANK_IN_FULL_NAME ? fullName : [];
    for (const part of period.parts) await insert(part, rankId + RANK_STEP, periodId, within);
  };
  for (const period of periods) await insert(period, RANK_STEP, rootId ?? null, []);
  await statements.query(
    "UPDATE geologictimeperiod SET NodeNumber = ?, HighestChildNodeNumber = ? WHERE geologictimeperiodid = ?",
    [root, number, rootId ?? null],
  );
}

function size(periods: readonly Period[]): number {
  return periods.reduce((sum, { parts }) => sum + 1 + size(parts), 0);
}

/** The chart as a tree. */
function chart(): Period[] {
  const top: Period[] = [];
  const open = [top];
  for (const line of PERIODS.trim().split("\n")) {
    const depth = line.search(/\S/) / 2;
    const [name = "", times = ""] = line.trim().split(" | ");
    const [start = "", end = ""] = times.split(" – ");
    const parts: Period[] = [];
    open[depth]?.push({
      name,
      ...{ start: value(start, 0), startUncertainty: value(start, 1) },
      ...{ end: value(end, 0), endUncertainty: value(end, 1) },
      parts,
    });
    open[depth + 1] = parts;
  }
  return top;
}

/** "143.1 ±0.6": the time (0) or its uncertainty (1). */
function value(time: string, part: 0 | 1): number | null {
  const text = time.split(" ±")[part];
  return text === undefined || text === "" ? null : Number(text);
}
