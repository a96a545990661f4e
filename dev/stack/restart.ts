/** The end and the return of a service of the stack, for tests of outages. */
export interface Restart {
  /** Stops the service; its data stays. */
  stop(): Promise<void>;
  /** Starts it again, on the same port and data. */
  start(): Promise<void>;
}

/** For a service that does not run as our own process. @param what e.g. `Prefect server` */
export function noRestart(what: string): Restart {
  const refuse = async () => {
    throw new Error(`the ${what} does not run as a local process of this stack: it can't be restarted`);
  };
  return { stop: refuse, start: refuse };
}
