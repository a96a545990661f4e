import { expect, test } from "vitest";
import { actorRows, nameRows } from "../../dev/data/actors.ts";
import { groupRows, membershipRows } from "../../dev/data/groups.ts";
import { oddActors } from "../../dev/data/odd-actors.ts";
import { oddUsers } from "../../dev/data/odd-users.ts";
import { USER_COUNT, userRows } from "../../dev/data/users.ts";

const users = userRows();

test("the generated users are the same every time, as many as the old system had, each with a USR of its own", () => {
  expect(users).toHaveLength(2361);
  expect(userRows()).toEqual(users);
  expect(new Set(users.map(({ USR }) => USR)).size).toBe(USER_COUNT);
});

test("among them are the cases that the old migration failed on, and those that only trimming makes equal", () => {
  const trimmed = users.map(({ USR }) => USR.trim());
  expect(trimmed.length - new Set(trimmed).size).toBe(1);
  expect(users.some(({ EPOST }) => (EPOST?.length ?? 0) > 64)).toBe(true);
  expect(users.some(({ USR }) => USR.length > 64)).toBe(true);
  expect(users.some(({ NAMN }) => /\p{Extended_Pictographic}/u.test(NAMN ?? ""))).toBe(true);
  expect(users.some(({ USR }) => USR.startsWith(" "))).toBe(true);
});

test("every membership refers to a user and a group, and every group but one has members", () => {
  const names = new Set(users.map(({ USR }) => USR));
  const groups = new Set(groupRows().map(({ GRUPPEID }) => GRUPPEID));
  const memberships = membershipRows(users);
  expect(memberships.every(({ BRUKERNAVN, GRUPPEID }) => names.has(BRUKERNAVN) && groups.has(GRUPPEID))).toBe(
    true,
  );
  expect(new Set(memberships.map(({ GRUPPEID }) => GRUPPEID)).size).toBe(groups.size - 1);
});

test("another seed makes other ordinary people, and leaves the odd cases as they are", () => {
  const others = userRows(USER_COUNT, 7);
  expect(userRows(USER_COUNT, 7)).toEqual(others);
  expect(others.slice(oddUsers.length)).not.toEqual(users.slice(oddUsers.length));
  for (const [index, odd] of oddUsers.entries()) expect(others[index]).toMatchObject(odd);
  expect(new Set(others.map(({ USR }) => USR)).size).toBe(USER_COUNT);
  expect(membershipRows(users, 7)).toEqual(membershipRows(users, 7));
  expect(membershipRows(users, 7)).not.toEqual(membershipRows(users));
});

test("the generated actors are the same every time for a seed, and others for another", () => {
  const rows = (seed: number) => ({ actors: [...actorRows(500, seed)], names: [...nameRows(500, seed)] });
  const first = rows(1);
  expect(rows(1)).toEqual(first);
  expect({ actors: [...actorRows(500)], names: [...nameRows(500)] }).toEqual(first);
  const second = rows(2);
  expect(second.actors.slice(0, oddActors.length)).toEqual(first.actors.slice(0, oddActors.length));
  expect(second.actors.slice(oddActors.length)).not.toEqual(first.actors.slice(oddActors.length));
  expect(second.names).not.toEqual(first.names);
  // More of them begin with the same.
  expect([...actorRows(600)].slice(0, 500)).toEqual(first.actors);
});

test("every name belongs to an actor, and every actor's number is its own", () => {
  const ids = [...actorRows(500)].map(({ ACTOR_ID }) => ACTOR_ID);
  expect(new Set(ids).size).toBe(500);
  const names = [...nameRows(500)];
  expect(names.every(({ ACTOR_ID }) => ids.includes(ACTOR_ID))).toBe(true);
  expect(new Set(names.map(({ PERSON_NAME_ID }) => PERSON_NAME_ID)).size).toBe(names.length);
});
