/** The services that a stack can start. */
export type ServiceName = "prefect" | "mariadb" | "s3" | "oracle" | "git";

/**
 * The value of a variable when this service is one that the user names as running already:
 * `PREFECT_TS_STACK_USE=prefect,oracle`. Only then is it used: a shell whose variables point at production must
 * never have the demo or the tests write there by accident.
 * @returns a function that reads variables, or undefined when the service is to be started
 */
export function existingService(service: ServiceName): ((name: string) => string) | undefined {
  const named = (process.env.PREFECT_TS_STACK_USE ?? "").split(",").map((name) => name.trim());
  if (!named.includes(service)) return undefined;
  return (name) => {
    const value = process.env[name];
    if (value === undefined || value === "") {
      throw new Error(
        `PREFECT_TS_STACK_USE names ${service}, but ${name} is not set: set it, or take ${service} out`,
      );
    }
    return value;
  };
}
