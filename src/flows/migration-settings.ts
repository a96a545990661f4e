import { type OracleSettings, readOracleSettings } from "../oracle/settings.ts";
import { readSpecifySettings, type SpecifySettings } from "../specify/settings.ts";
import { allSettings } from "./all-settings.ts";
import { checkReportTarget, readReportStorage } from "./report-upload.ts";

/**
 * Reads all settings of a flow between Oracle and Specify and looks for the bucket of its report, before anything else: a
 * missing one should not show only when half is done.
 * @throws Error that names everything missing or wrong, and when the bucket is not there
 */
export async function migrationSettings(
  oracleEnv: string,
): Promise<{ oracle: OracleSettings; specify: SpecifySettings }> {
  const { storage, ...settings } = allSettings({
    oracle: () => readOracleSettings(oracleEnv),
    specify: () => readSpecifySettings(),
    storage: () => readReportStorage(),
  });
  await checkReportTarget(storage);
  return settings;
}
