import { Http } from "../../src/prefect/http/http.ts";
import type { PrefectSettings } from "../stack/prefect.ts";

/** What the demo asks of the server; tried again while the server is busy. */
export type Api = Pick<Http, "get" | "post" | "close">;

/** The REST API of the stack's server. */
export function connectTo({ apiUrl, authString }: PrefectSettings): Api {
  return new Http({
    apiUrl,
    authString,
    apiKey: undefined,
    customHeaders: {},
    tlsInsecureSkipVerify: false,
    sslCertFile: undefined,
  });
}
