/** A thousand actors, to see what the rest of a quarter of a million costs in memory. */
import { actorTables } from "../../dev/data/oracle.ts";

export { options } from "../../dev/data/oracle.ts";

export const rows = actorTables({ MUSIT_BOTANIKK_FELLES: 940, MUSIT_ZOOLOGI_ENTOMOLOGI: 60 });
