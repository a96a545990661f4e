import type { Diagnosis } from "../../checks/diagnosis.ts";
import { diagnoseOracle } from "../../oracle/diagnose.ts";
import { diagnoseSpecify } from "../../specify/diagnose.ts";

/** Which side failed, where one task reads Oracle and writes Specify: told by the driver's codes. */
export function diagnoseEither(error: unknown): Diagnosis {
  return isFromOracle(error) ? diagnoseOracle(error) : diagnoseSpecify(error);
}

function isFromOracle(error: unknown): boolean {
  const { code, message, cause } = (error ?? {}) as { code?: unknown; message?: unknown; cause?: unknown };
  return (
    /^(?:NJS-|ORA-|DPI-|ORACLE-)/.test(String(code ?? "")) ||
    /^(?:NJS|ORA|DPI)-\d/.test(String(message ?? "")) ||
    (cause !== undefined && cause !== null && isFromOracle(cause))
  );
}
