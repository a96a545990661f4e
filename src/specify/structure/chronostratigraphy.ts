import type { Statements } from "../database.ts";
import { PERIODS } from "./chronostratigraphy-periods.ts";
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

/** A period as a row. */
interface Node {
  period: Period;
  fullName: string[];
  rankId: number;
  number: number;
  /** The largest number below it. */
  highest: number;
  parent: number;
}

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
  const nodes = numbered(chart(), root);
  await statements.query(
    "UPDATE geologictimeperiod SET NodeNumber = ?, HighestChildNodeNumber = ? WHERE geologictimeperiodid = ?",
    [root, root + nodes.length, rootId ?? null],
  );
  // Rank by rank: a rank's parents have their ids by then, and are found by the numbers just given.
  for (const [rankId, itemId] of items) {
    const ofRank = nodes.filter((node) => node.rankId === rankId);
    const ids = await idsByNumber(statements, id);
    await statements.insertMany(
      `INSERT INTO geologictimeperiod (Name, FullName, StartPeriod, StartUncertainty, EndPeriod, EndUncertainty,
                                       NodeNumber, HighestChildNodeNumber, ParentID, RankID, IsAccepted,
                                       GeologicTimePeriodTreeDefID, GeologicTimePeriodTreeDefItemID,
                                       TimestampCreated, TimestampModified, version)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ${rankId}, 1, ${id}, ${itemId}, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), 0)`,
      ofRank.map(({ period, fullName, number, highest, parent }) => [
        period.name,
        fullName.join(", "),
        ...[period.start, period.startUncertainty, period.end, period.endUncertainty],
        ...[number, highest, ids.get(parent) ?? null],
      ]),
    );
  }
}

async function idsByNumber(statements: Statements, treeId: number): Promise<Map<number, number>> {
  const rows = await statements.query<{ id: number; number: number }>(
    "SELECT geologictimeperiodid AS id, NodeNumber AS number FROM geologictimeperiod WHERE GeologicTimePeriodTreeDefID = ?",
    [treeId],
  );
  return new Map(rows.map(({ id, number }) => [number, id]));
}

/** The periods in the order of a nested set below the root's number. */
function numbered(periods: readonly Period[], root: number): Node[] {
  const nodes: Node[] = [];
  const add = (period: Period, rankId: number, parent: number, above: string[]): void => {
    const number = root + nodes.length + 1;
    const fullName = [period.name, ...above];
    const node = { period, fullName, rankId, number, highest: number, parent };
    nodes.push(node);
    const within = rankId >= FIRST_RANK_IN_FULL_NAME ? fullName : [];
    for (const part of period.parts) add(part, rankId + RANK_STEP, number, within);
    node.highest = root + nodes.length;
  };
  for (const period of periods) add(period, RANK_STEP, root, []);
  return nodes;
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
