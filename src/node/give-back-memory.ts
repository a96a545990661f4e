import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Collect = (options: { type: "major"; flavor: "last-resort" }) => void;

let collect: Collect | undefined;

/**
 * Collects garbage as V8 does when memory runs out, and gives the pages to the system: what was needed to load a program
 * is 10 to 40 MB that V8 keeps for as long as nobody allocates. Takes about 50 ms, in which nothing else happens.
 */
export function giveBackMemory(): void {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as Collect;
    // Flows look the same as in any other Node: `gc` was shown to the context above only.
    setFlagsFromString("--no-expose-gc");
  }
  collect({ type: "major", flavor: "last-resort" });
}
