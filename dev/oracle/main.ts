import { startFromCommandLine } from "./command.ts";

await startFromCommandLine(process.argv.slice(2));
