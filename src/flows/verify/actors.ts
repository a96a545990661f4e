import type { OraclePool } from "../../oracle/pool.ts";
import type { NewAgent } from "../../specify/agents.ts";
import { readTextColumns } from "../../specify/columns.ts";
import type { Reader } from "../../specify/database.ts";
import { firstDivision } from "../../specify/divisions.ts";
import { agentsByNumber, comparedColumns, storedAgents } from "../../specify/stored-agents.ts";
import { agentOfActor } from "../actors/agent-of-actor.ts";
import { readActors } from "../actors/oracle-actors.ts";
import { actorMarker, type MusitSchema } from "../actors/schemas.ts";
import { AgentIndex, agentHash } from "./agent-index.ts";
import { differing } from "./differing.ts";
import { type Findings, NAMED_DIFFERENCES } from "./findings.ts";

/** An agent that is not as it should be; kept until its columns are looked at. */
interface Different {
  name: string;
  agentId: number;
  expected: NewAgent;
}

/**
 * Compares the actors of a schema with the agents that came from them, by hashes of the rows.
 * @throws the drivers' errors; Error when Specify has no division
 */
export async function verifyActors(
  pool: OraclePool,
  specify: Reader,
  schema: MusitSchema,
  findings: Findings,
): Promise<void> {
  const divisionId = await firstDivision(specify);
  const columns = await readTextColumns(specify, ["agent"]);
  const belongs = (agent: NewAgent) => ({ agent, divisionId, specifyUserId: null });
  const index = await readIndex(specify, actorMarker(schema));
  const area = findings.area(`${schema}.ACTOR`);
  const named: Different[] = [];
  for await (const actors of readActors(pool, schema)) {
    for (const actor of actors) {
      const name = `${schema}.ACTOR_ID=${actor.id}`;
      const expected = agentOfActor(actor, schema, columns, (line) =>
        findings.truncations.add(`${name}: ${line}`),
      );
      const found = index.compare(actor.id, agentHash(belongs(expected)));
      area.oracleRows += 1;
      if (found === "equal") area.equal += 1;
      else if (found === "missing") {
        area.missing += 1;
        findings.missing.add(`${name} is not in Specify`);
      } else {
        area.different += 1;
        if (findings.different.total + named.length < NAMED_DIFFERENCES) {
          named.push({ name, agentId: found.differs, expected });
        }
      }
    }
  }
  area.specifyRows = index.size;
  for (const { key, agentId, isSecond } of index.extra()) {
    area.extra += 1;
    const why = isSecond ? "is in Specify a second time" : "is not in Oracle";
    findings.extra.add(`agent ${agentId}: ${schema}.ACTOR_ID=${key} ${why}`);
  }
  const stored = await agentsByNumber(
    specify,
    named.map(({ agentId }) => agentId),
  );
  for (const { name, agentId, expected } of named) {
    const there = stored.get(agentId);
    const which = there
      ? differing(comparedColumns(belongs(expected)), comparedColumns(there))
      : ["it is gone by now"];
    findings.different.add(`${name} (agent ${agentId}): ${which.join(", ")}`);
  }
  findings.different.addUnnamed(area.different - named.length);
}

async function readIndex(specify: Reader, marker: string): Promise<AgentIndex> {
  const index = new AgentIndex();
  for await (const page of storedAgents(specify, marker)) {
    for (const one of page) {
      const key = /^-?\d+/.exec(one.agent.remarks?.slice(marker.length) ?? "")?.[0];
      if (key !== undefined) index.add(key, one.agentId, agentHash(one));
    }
  }
  return index;
}
