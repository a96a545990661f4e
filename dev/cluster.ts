// `node dev/bootstrap.mjs dev/cluster.ts build [NAME...]`: builds the programs of the test cluster into the cache.
import { BINARIES, type BinaryName, buildBinary } from "./cluster/install/binaries.ts";

const [verb, ...names] = process.argv.slice(2);
const unknown = names.filter((name) => !BINARIES.includes(name as BinaryName));
if (verb !== "build" || unknown.length > 0) {
  process.stderr.write(
    `${unknown.length > 0 ? `There is no program by the name of ${unknown.join(", ")}.\n` : ""}` +
      `Usage: node dev/bootstrap.mjs dev/cluster.ts build [NAME...]   names: ${BINARIES.join(", ")}\n`,
  );
  process.exitCode = 2;
} else {
  const wanted = names.length > 0 ? (names as BinaryName[]) : BINARIES;
  for (const name of wanted) {
    const file = await buildBinary(name, (text) => process.stderr.write(`${name}: ${text}\n`));
    process.stdout.write(`${file}\n`);
  }
}
