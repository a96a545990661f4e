import { expect, test } from "vitest";
import { readOracleSettings } from "../../src/oracle/settings.ts";

const complete = {
  ORACLE_PROD_HOST: "oracle.example.org",
  ORACLE_PROD_SERVICE: "MUSIT",
  ORACLE_PROD_USER: "reader",
  ORACLE_PROD_PASSWORD: " secret with spaces ",
};

test("reads one environment, with port 1553 and thick mode unless said otherwise", () => {
  expect(readOracleSettings("PROD", complete)).toEqual({
    environment: "PROD",
    host: "oracle.example.org",
    port: 1553,
    service: "MUSIT",
    user: "reader",
    password: " secret with spaces ",
    thick: true,
    clientLibraryFolder: undefined,
    stallTimeoutSeconds: 120,
    reconnectSeconds: 300,
  });
});

test("oracle_env picks the variables, in either case", () => {
  const env = {
    ...complete,
    ORACLE_TEST_HOST: "t",
    ORACLE_TEST_SERVICE: "S",
    ORACLE_TEST_USER: "u",
    ORACLE_TEST_PASSWORD: "p",
  };
  expect(readOracleSettings("test", env)).toMatchObject({ environment: "TEST", host: "t", service: "S" });
});

test("one error names every missing variable", () => {
  expect(() => readOracleSettings("TEST", complete)).toThrow(
    "Oracle TEST is not configured: ORACLE_TEST_HOST, ORACLE_TEST_SERVICE, ORACLE_TEST_USER, ORACLE_TEST_PASSWORD are not set.",
  );
});

test("a blank value counts as missing", () => {
  expect(() => readOracleSettings("PROD", { ...complete, ORACLE_PROD_HOST: " " })).toThrow(
    "ORACLE_PROD_HOST is not set",
  );
});

test.each([
  ["ORACLE_PROD_PORT", "15x3", "give a port number from 1 to 65535"],
  ["ORACLE_PROD_PORT", "70000", "give a port number from 1 to 65535"],
  ["ORACLE_USE_THICK_MODE", "maybe", "give true or false"],
  ["ORACLE_STALL_TIMEOUT_SECONDS", "-1", "greater than 0"],
  ["ORACLE_PROD_SERVICE", "A)(HOST=b", "may not hold spaces, quotes, brackets"],
])("%s=%s is refused with the value and what to give instead", (name, value, words) => {
  const read = () => readOracleSettings("PROD", { ...complete, [name]: value });
  expect(read).toThrow(words);
  expect(read).toThrow(value);
});

test("an environment name that cannot be part of a variable is refused", () => {
  expect(() => readOracleSettings("PROD; rm", complete)).toThrow('oracle_env is "PROD; rm"');
});

test("no message holds the password", () => {
  const env = { ...complete, ORACLE_PROD_PORT: "no" };
  expect(() => readOracleSettings("PROD", env)).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining("secret") }),
  );
});
