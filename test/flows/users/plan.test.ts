import { describe, expect, test } from "vitest";
import { groupsByMuseum } from "../../../src/flows/users/museums.ts";
import type { OracleUser } from "../../../src/flows/users/oracle-users.ts";
import { fittedUserName, planUsers } from "../../../src/flows/users/plan.ts";
import type { ExistingUser } from "../../../src/specify/users.ts";

const text = (maxLength: number) => ({ maxLength, characterSet: "utf8mb4" });
const columns = new Map([
  ["specifyuser.name", text(8)],
  ["specifyuser.email", text(20)],
  ["agent.firstname", text(5)],
  ["agent.lastname", text(10)],
  ["agent.email", text(15)],
]);

function user(userName: string, rest: Partial<OracleUser> = {}): OracleUser {
  return {
    userName,
    name: "Nordmann, Ola",
    email: null,
    feide: null,
    institution: null,
    admin: null,
    ...rest,
  };
}

function plan(users: OracleUser[], existing: Record<string, ExistingUser> = {}) {
  const names = users.map((one) => fittedUserName(one, columns));
  const keys = names.map((name) => name.toUpperCase());
  return planUsers({ users, names, keys, existing: new Map(Object.entries(existing)), columns });
}

describe("what becomes of a user", () => {
  test("a new one gets a user and an agent", () => {
    const source = user("ola", { email: "ola@uio.no", feide: "ola@uio.no", institution: "NHM", admin: "J" });
    expect(plan([source]).write).toEqual([
      {
        user: { name: "ola", email: "ola@uio.no" },
        agent: {
          agentType: 1,
          firstName: "Ola",
          lastName: "Nordmann",
          email: "ola@uio.no",
          remarks: "MUSIT-migration: USR=ola; FEIDE=ola@uio.no; institution=NHM; admin=J",
        },
        existing: undefined,
        cuts: [],
      },
    ]);
  });

  test("the remarks leave out what is not known", () => {
    expect(plan([user("ola")]).write[0]?.agent.remarks).toBe("MUSIT-migration: USR=ola");
  });

  test("one that Specify has with an agent is left alone", () => {
    const { write, present } = plan([user("ola")], {
      OLA: { id: 7, name: "Ola", email: null, hasAgent: true },
    });
    expect({ write, present }).toEqual({ write: [], present: 1 });
  });

  test("one that Specify has without agent gets the agent", () => {
    const lonely = { id: 7, name: "Ola", email: null, hasAgent: false };
    expect(plan([user("ola")], { OLA: lonely }).write).toMatchObject([
      { existing: lonely, user: { name: "Ola" } },
    ]);
  });

  test("the second row of a name is skipped, whoever it is that takes the names for equal", () => {
    const { write, duplicates, errors } = plan([user("ola"), user("OLA"), user("kari")]);
    expect(write.map((item) => item.user.name)).toEqual(["ola", "kari"]);
    expect({ duplicates, errors }).toEqual({ duplicates: ["OLA"], errors: [] });
  });

  test("a blank user name is an error", () => {
    expect(plan([user("")]).errors).toEqual(["A row of BRUKARAR has no user name: USR is blank."]);
  });

  test("two long names that only cutting makes equal are not taken for one person", () => {
    const { write, errors } = plan([user("abcdefgh-1"), user("abcdefgh-2")]);
    expect(write.map((item) => item.user.name)).toEqual(["abcdefgh"]);
    expect(errors).toEqual([expect.stringContaining("User 'abcdefgh-2' was not migrated")]);
  });

  test("every cut is noted: whose, which column, how long", () => {
    const source = user("ola", { name: "Nordmannsen, Ola Bjørn", email: "ola.nordmannsen@uio.no" });
    expect(plan([source]).write[0]).toMatchObject({
      user: { email: "ola.nordmannsen@uio." },
      agent: { firstName: "Ola B", lastName: "Nordmannse", email: "ola.nordmannsen" },
      cuts: [
        "ola: specifyuser.EMail had 22 characters, cut to 20",
        "ola: agent.FirstName had 9 characters, cut to 5",
        "ola: agent.LastName had 11 characters, cut to 10",
        "ola: agent.Email had 22 characters, cut to 15",
      ],
    });
  });
});

test("groups stand by museum, sorted, without those that nobody of BRUKARAR is in", () => {
  const group = (name: string, museum: string | null, ...members: string[]) => {
    return { name, museum, members: new Set(members), defaultOf: new Set<string>() };
  };
  const groups = [
    group("Skriv", "UM", "ola"),
    group("Les", "UM", "ola", "kari"),
    group("Les", "NHM", "kari"),
    group("System", null, "ola"),
    group("Les", "UM", "kari"),
    group("Tom", "NHM"),
    group("Borte", "NHM", "someone who left"),
  ];
  expect(groupsByMuseum({ users: [user("ola"), user("kari")], groups })).toEqual([
    { museum: "(none)", groups: ["System"] },
    { museum: "NHM", groups: ["Les"] },
    { museum: "UM", groups: ["Les", "Skriv"] },
  ]);
});
