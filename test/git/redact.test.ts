import { expect, test } from "vitest";
import { redactor } from "../../src/git/redact.ts";

test.each([
  ["https://anna:pw@host/x and http://tok@host", "https://***@host/x and http://***@host"],
  ["https://host/a@b", "https://host/a@b"],
  ["ssh://git@host/x", "ssh://git@host/x"],
  ["ssh://git:pw@host/x", "ssh://***@host/x"],
  ["token s3cr/et+, encoded s3cr%2Fet%2B", "token ***, encoded ***"],
])("takes secrets out of %j", (text, clean) => {
  expect(redactor(["s3cr/et+", "s3cr", ""])(text)).toBe(clean);
});
