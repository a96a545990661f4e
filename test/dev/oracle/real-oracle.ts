import { access } from "node:fs/promises";
import type { Login } from "./support.ts";

const IMAGE = "gvenzl/oracle-free:slim-faststart";
const PASSWORD = "Contract-1";

/** A real database for the contract, or why there is none. */
interface RealOracle {
  why: string | undefined;
  login: Login;
  stop: () => Promise<void>;
}

/**
 * Finds a real Oracle: the one that ORACLE_CONTRACT_CONNECT_STRING, _USER and _PASSWORD name, else a container when
 * Docker is there. Without either it prints why the contract is not tried against one.
 */
export async function realOracle(): Promise<RealOracle> {
  const none = async (): Promise<void> => undefined;
  const {
    ORACLE_CONTRACT_CONNECT_STRING: connectString,
    ORACLE_CONTRACT_USER: user,
    ORACLE_CONTRACT_PASSWORD: password,
  } = process.env;
  if (connectString && user && password)
    return { why: undefined, login: { user, password, connectString }, stop: none };
  const login = { user: "contract", password: PASSWORD, connectString: "" };
  const skipped = (why: string): RealOracle => {
    console.info(`The contract is not tried against a real Oracle: ${why}.`);
    return { why, login, stop: none };
  };
  const hasDocker = process.env.DOCKER_HOST !== undefined || (await exists("/var/run/docker.sock"));
  if (!hasDocker) return skipped("there is no Docker engine, and ORACLE_CONTRACT_CONNECT_STRING is not set");
  try {
    const { GenericContainer, Wait } = await import("testcontainers");
    const container = await new GenericContainer(IMAGE)
      .withExposedPorts(1521)
      .withEnvironment({ ORACLE_RANDOM_PASSWORD: "yes", APP_USER: login.user, APP_USER_PASSWORD: PASSWORD })
      .withWaitStrategy(Wait.forLogMessage("DATABASE IS READY TO USE!"))
      .withStartupTimeout(300_000)
      .start();
    login.connectString = `${container.getHost()}:${container.getMappedPort(1521)}/FREEPDB1`;
    return { why: undefined, login, stop: async () => void (await container.stop()) };
  } catch (error) {
    return skipped(`${IMAGE} did not start: ${(error as Error).message.split("\n")[0]}`);
  }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
