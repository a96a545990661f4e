import { expect, test } from "vitest";
import { readSpecifySettings } from "../../src/specify/settings.ts";

const expected = { host: "db", port: 3306, database: "specify", user: "app", password: "secret" };

test("reads the migration's names", () => {
  const env = {
    DATABASE_HOST: "db",
    DATABASE_NAME: "specify",
    APP_USER_NAME: "app",
    APP_USER_PASSWORD: "secret",
  };
  expect(readSpecifySettings(env)).toEqual(expected);
});

test("reads the names of Specify's own containers", () => {
  const env = { DB_HOST: "db", DB_PORT: "3307", DB_NAME: "specify", DB_USER: "app", DB_PASSWORD: "secret" };
  expect(readSpecifySettings(env)).toEqual({ ...expected, port: 3307 });
});

test("the migration's names win, and blank ones count as not set", () => {
  const env = {
    DATABASE_HOST: "db",
    DB_HOST: "other",
    DATABASE_NAME: "",
    DB_NAME: "specify",
    DB_USER: "app",
    DB_PASSWORD: "secret",
  };
  expect(readSpecifySettings(env)).toEqual(expected);
});

test("one error names every missing variable, with both its names", () => {
  expect(() => readSpecifySettings({ DATABASE_HOST: "db" })).toThrow(
    "DATABASE_NAME (or DB_NAME), APP_USER_NAME (or DB_USER), APP_USER_PASSWORD (or DB_PASSWORD) are not set",
  );
});

test("a port that is no number is refused with the value", () => {
  const env = { DB_HOST: "db", DB_NAME: "s", DB_USER: "u", DB_PASSWORD: "p", DATABASE_PORT: "mysql" };
  expect(() => readSpecifySettings(env)).toThrow('DATABASE_PORT or DB_PORT is "mysql"');
});
