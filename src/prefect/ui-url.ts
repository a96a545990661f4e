/** The address of Prefect's UI, without a trailing slash: `PREFECT_UI_URL` when it is set, else what follows from the API's. */
export function uiUrl(set: string | undefined, apiUrl: string): string {
  return (set || apiUrl.replace(/\/api$/, "")).replace(/\/+$/, "");
}
