import { PrefectError } from "../errors.ts";
import type { ApiSettings } from "../settings/settings.ts";

/** The `Authorization` header that the settings ask for: basic auth before API key, as Prefect's client does. */
function authorization(settings: ApiSettings): Record<string, string> {
  if (settings.authString !== undefined) {
    return { authorization: `Basic ${Buffer.from(settings.authString, "utf8").toString("base64")}` };
  }
  return settings.apiKey === undefined ? {} : { authorization: `Bearer ${settings.apiKey}` };
}

/**
 * All headers of a request: those of `PREFECT_CLIENT_CUSTOM_HEADERS`, over them our own, and the authorization.
 * @throws PrefectError SETTINGS_INVALID where a header cannot be sent; it shows no value, which may be a secret
 */
export function requestHeaders(settings: ApiSettings, own: Record<string, string>): Record<string, string> {
  const headers = { ...settings.customHeaders, ...own, ...authorization(settings) };
  // Else every request would fail, as if the server were away.
  const { validateHeaderName, validateHeaderValue } = process.getBuiltinModule("node:http");
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch (cause) {
      const isKey = name === "authorization" && settings.apiKey !== undefined;
      throw new PrefectError(
        "SETTINGS_INVALID",
        `${isKey ? "PREFECT_API_KEY" : "PREFECT_CLIENT_CUSTOM_HEADERS"} gives the header "${name}" a name or value ` +
          "that no header may have: look for a line break, such as at the end of a file that it was read from.",
        { cause },
      );
    }
  }
  return headers;
}

/** The token that the sockets' first message carries (protocol: `{"type":"auth","token":…}`). */
export function socketToken(settings: ApiSettings): string | null {
  return settings.authString ?? settings.apiKey ?? null;
}
