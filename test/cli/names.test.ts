import { expect, it } from "vitest";
import { closeNames, suggestion } from "../../src/cli/names.ts";

const known = [
  "Migrate Users/migrate-users-dev",
  "Infrastructure Prod Check/infrastructure-prod-check-dev",
  "A/b",
];

it("finds a name with a letter missing, or other capitals", () => {
  expect(closeNames("migrate users/migrate-user-dev", known)).toEqual([known[0]]);
});

it("offers nothing for a name that resembles none, and lists the known ones instead", () => {
  expect(closeNames("Quite/different", known)).toEqual([]);
  expect(suggestion("Quite/different", known, "none")).toMatch(/^Known: 'Migrate Users/);
});

it("lists ten names and counts the rest", () => {
  const many = Array.from({ length: 12 }, (_, index) => `pool-number-${index}`);
  expect(suggestion("x", many, "none")).toMatch(/'pool-number-9' and 2 more\.$/);
  expect(suggestion("x", [], "There is none yet.")).toBe("There is none yet.");
});
