import { expect, test } from "vitest";
import { groupRows, membershipRows } from "../../dev/data/groups.ts";
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
