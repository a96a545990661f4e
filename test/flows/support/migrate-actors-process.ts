// One run of Migrate MUSIT Actors, with the settings of its environment. Prints its result as JSON; the log goes to stderr.
import { migrateMusitAgents } from "../../../src/flows/migrate-musit-agents.ts";

try {
  process.stdout.write(`${JSON.stringify(await migrateMusitAgents({ dry_run: false }))}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
