import { expect, test } from "vitest";
import { splitName } from "../../../src/flows/users/person-name.ts";

test.each([
  ["Nordmann, Ola", "Ola", "Nordmann"],
  ["Nordmann,Ola", "Ola", "Nordmann"],
  ["Ola Nordmann", "Ola", "Nordmann"],
  ["Ola Bjørn Åge Nordmann", "Ola Bjørn Åge", "Nordmann"],
  ["van der Meer, Anne-Lise", "Anne-Lise", "van der Meer"],
  ["  Anne   Marie\tSæther  ", "Anne Marie", "Sæther"],
  ["Lie, Trygve, dr.philos.", "Trygve, dr.philos.", "Lie"],
  ["Madonna", null, "Madonna"],
  ["Nordmann,", null, "Nordmann"],
  [", Kari", null, "Kari"],
  [", Kari Bø", "Kari", "Bø"],
  ["Nordmann, ,", null, "Nordmann"],
  [" , ", null, "(unknown)"],
  [",,,", null, "(unknown)"],
  ["   ", null, "(unknown)"],
  ["", null, "(unknown)"],
  [null, null, "(unknown)"],
])("%j has the first name %j and the last name %j", (name, firstName, lastName) => {
  expect(splitName(name)).toEqual({ firstName, lastName });
});
