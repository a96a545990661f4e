import { usageError } from "../errors.ts";
import { parseDuration, parseMoment } from "../time.ts";

/** When the run shall start, from `--start-in` or `--start-at`; now without either. @throws CliError (usage) */
export function startTime(options: { startIn?: string; startAt?: string }, now: Date = new Date()): Date {
  const { startIn, startAt } = options;
  if (startIn !== undefined && startAt !== undefined) {
    throw usageError("Only one of `--start-in` or `--start-at` can be set, not both.");
  }
  if (startIn !== undefined) {
    const delay = parseDuration(startIn.replace(/^\s*in\s+/i, ""));
    if (delay !== undefined) return new Date(now.getTime() + delay);
    throw usageError(
      `Unable to parse scheduled start time 'in ${startIn}'. Give one like '10 minutes' or '1h30m'.`,
    );
  }
  if (startAt !== undefined) {
    const moment = parseMoment(startAt, now);
    if (moment !== undefined) return moment;
    throw usageError(
      `Unable to parse scheduled start time 'at ${startAt}'. Give one like '2026-08-01 17:30', '5:30pm' or 'tomorrow 6:00'.`,
    );
  }
  return now;
}
