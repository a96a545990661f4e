import { NamedLines } from "../../reports/report.ts";

/** How one table of Oracle compares with what came from it. */
export interface AreaFindings {
  area: string;
  /** Rows in Oracle. */
  oracleRows: number;
  /** Agents in Specify that bear the mark of this table. */
  specifyRows: number;
  equal: number;
  different: number;
  missing: number;
  extra: number;
  /** Rows whose user Specify had before, with an agent of its own: the migration leaves those as they are. */
  kept: number;
  /** Rows that are not to be migrated: second rows of a user name. */
  notMigrated: number;
}

/** What a verification has found so far. */
export class Findings {
  readonly areas: AreaFindings[] = [];
  readonly missing = new NamedLines();
  readonly different = new NamedLines();
  readonly extra = new NamedLines();
  /** Values of Oracle that Specify's columns cannot hold as they are: also those that an earlier, broken run brought in. */
  readonly truncations = new NamedLines();

  /** Begins with a table. */
  area(area: string): AreaFindings {
    const findings = {
      area,
      oracleRows: 0,
      specifyRows: 0,
      equal: 0,
      different: 0,
      missing: 0,
      extra: 0,
      kept: 0,
      notMigrated: 0,
    };
    this.areas.push(findings);
    return findings;
  }
}

/** How many differences a report names, of each kind. */
export const NAMED_DIFFERENCES = 200;
