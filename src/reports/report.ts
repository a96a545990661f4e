import { z } from "zod";

/** The fields that every migration report begins with. */
export const commonReportFields = {
  report_version: z.literal(1),
  flow: z.string(),
  migration_phase: z.string(),
  /** `YYYYMMDDTHHMMSSZ`; the same as in the key of the report. */
  generated_at_utc: z.string().regex(/^\d{8}T\d{6}Z$/),
  oracle_env: z.string(),
  dry_run: z.boolean(),
};

/** A number of things. */
export const count = z.int().nonnegative();

/** Values that were cut, or otherwise changed, to what their column holds. */
export const truncationsField = z.object({
  total: count,
  /** The first 200, one line each: whose, which column, what was done. Never the value. */
  named: z.array(z.string()).max(200),
});

/** Error lines: at most 200, then one that says how many more there were. */
export const errorLines = z.array(z.string()).max(201);

/** How many lines of a list a report names. */
const NAMED = 200;

/** The first 200 lines, and one that says how many more there are. */
export function firstLines(lines: readonly string[]): string[] {
  if (lines.length <= NAMED) return [...lines];
  return [...lines.slice(0, NAMED), `… and ${lines.length - NAMED} more`];
}

/** A list of truncations as a report holds it. */
export function truncations(lines: readonly string[]): z.infer<typeof truncationsField> {
  return { total: lines.length, named: lines.slice(0, NAMED) };
}

/** Collects lines for a report: counts them all, and keeps those that it will name. */
export class NamedLines {
  readonly #lines: string[] = [];
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** True when it is one of those that will be named. */
  add(line: string): boolean {
    this.#total += 1;
    const isNamed = this.#lines.length < NAMED;
    if (isNamed) this.#lines.push(line);
    return isNamed;
  }

  /** Counts lines whose text is not known. */
  addUnnamed(count: number): void {
    this.#total += count;
  }

  /** The first 200, and one that says how many more there are. */
  errors(): string[] {
    const more = this.#total - this.#lines.length;
    return more === 0 ? [...this.#lines] : [...this.#lines, `… and ${more} more`];
  }

  /** As a report holds truncations. */
  truncations(): z.infer<typeof truncationsField> {
    return { total: this.#total, named: [...this.#lines] };
  }
}
