import { type ReportCategory, reportKey } from "./keys.ts";
import type { ReportFile } from "./upload.ts";

/** A report as it is uploaded: `report.json` for programs and, beside it, `report.html` for people. */
export function reportFiles(
  category: ReportCategory,
  report: { generated_at_utc: string },
  page: string,
): ReportFile[] {
  const key = (file: "report.json" | "report.html"): string =>
    reportKey(category, report.generated_at_utc, file);
  return [
    {
      key: key("report.json"),
      body: `${JSON.stringify(report, null, 2)}\n`,
      contentType: "application/json",
    },
    { key: key("report.html"), body: page, contentType: "text/html; charset=utf-8" },
  ];
}
