import { expect, it } from "vitest";
import { readRunSettings } from "../../src/prefect/settings/run-settings.ts";

it("has Prefect's defaults: INFO, sent to the server, prints not logged, no retries", () => {
  expect(readRunSettings({})).toEqual({
    logging: { level: 20, toApi: true, prints: false },
    flows: { retries: 0, retryDelaySeconds: 0 },
    tasks: { retries: 0, retryDelaySeconds: 0 },
  });
});

it("reads Prefect's names, the older ones of retries too", () => {
  const given = {
    PREFECT_LOGGING_LEVEL: "warning",
    PREFECT_LOGGING_TO_API_ENABLED: "0",
    PREFECT_LOGGING_LOG_PRINTS: "true",
    PREFECT_FLOW_DEFAULT_RETRIES: "1",
    PREFECT_FLOWS_DEFAULT_RETRY_DELAY_SECONDS: "[1, 2.5]",
    PREFECT_TASKS_DEFAULT_RETRIES: "3",
    PREFECT_TASK_DEFAULT_RETRIES: "9",
    PREFECT_TASKS_DEFAULT_RETRY_DELAY_SECONDS: "10,60",
  };
  expect(readRunSettings(given)).toEqual({
    logging: { level: 30, toApi: false, prints: true },
    flows: { retries: 1, retryDelaySeconds: [1, 2.5] },
    tasks: { retries: 3, retryDelaySeconds: [10, 60] },
  });
  expect(readRunSettings({ ...given, PREFECT_DEBUG_MODE: "1" }).logging.level).toBe(10);
});

it.each([
  [{ PREFECT_LOGGING_LEVEL: "loud" }, 'PREFECT_LOGGING_LEVEL is "loud": give DEBUG, INFO,'],
  [{ PREFECT_LOGGING_LOG_PRINTS: "maybe" }, 'PREFECT_LOGGING_LOG_PRINTS is "maybe": give true or false.'],
  [{ PREFECT_TASK_DEFAULT_RETRIES: "-1" }, 'PREFECT_TASK_DEFAULT_RETRIES is "-1": give a whole number'],
  [
    { PREFECT_FLOWS_DEFAULT_RETRY_DELAY_SECONDS: "soon" },
    'PREFECT_FLOWS_DEFAULT_RETRY_DELAY_SECONDS is "soon": give seconds, such as 10, or one a retry: 10,60,300.',
  ],
])("refuses %j", (raw, text) => {
  expect(() => readRunSettings(raw as Record<string, string>)).toThrow(text);
});
