import type { ApiSettings } from "../settings/settings.ts";

/** The `Authorization` header that the settings ask for: basic auth before API key, as Prefect's client does. */
export function authorization(settings: ApiSettings): Record<string, string> {
  if (settings.authString !== undefined) {
    return { authorization: `Basic ${Buffer.from(settings.authString, "utf8").toString("base64")}` };
  }
  return settings.apiKey === undefined ? {} : { authorization: `Bearer ${settings.apiKey}` };
}

/** The token that the sockets' first message carries (protocol: `{"type":"auth","token":…}`). */
export function socketToken(settings: ApiSettings): string | null {
  return settings.authString ?? settings.apiKey ?? null;
}
