import { task } from "prefect-ts";
import { openSpecify } from "../specify/database.ts";
import { diagnoseSpecify } from "../specify/diagnose.ts";
import { firstDivision } from "../specify/divisions.ts";
import type { SpecifySettings } from "../specify/settings.ts";
import { diagnosed } from "./failures.ts";

/** The task that tells what Specify lacks before Oracle is asked for anything: whether it answers, and has a division for agents. */
export const lookAtSpecify = task(
  { name: "Look at Specify" },
  (settings: SpecifySettings, signal: AbortSignal) =>
    diagnosed("Specify", diagnoseSpecify, signal, async () => {
      await using database = await openSpecify(settings);
      await firstDivision(database);
    }),
);
