/** As many actors as the old system had, for the Oracle stand-in: `node dev/oracle/main.ts --data bench/data/all-actors.ts`. */
import { ACTOR_COUNTS } from "../../dev/data/actors.ts";
import { actorTables } from "../../dev/data/oracle.ts";

export { options } from "../../dev/data/oracle.ts";

export const rows = actorTables(ACTOR_COUNTS);
