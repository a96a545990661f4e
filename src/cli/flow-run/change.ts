import type { PrefectClient } from "../../prefect/client/client.ts";
import { isFinal, state } from "../../prefect/states.ts";
import { CliError } from "../errors.ts";
import { onStdout, print } from "../output.ts";
import { confirm } from "../prompt.ts";
import type { Session } from "../session.ts";
import { findFlowRun } from "./find.ts";

/**
 * `prefect-ts flow-run cancel`: proposes Cancelling. A run that no worker has begun is Cancelled at once; one that runs is
 * ended by its worker, within its grace.
 */
export async function cancelFlowRun(session: Session, idOrName: string): Promise<void> {
  await session.withClient(async (client) => {
    const { id } = await findFlowRun(client, idOrName);
    const result = await client.flowRuns.setState(id, state("CANCELLING", "Cancelling"));
    if (result.status === "ABORT") {
      throw new CliError(`Flow run '${id}' was unable to be cancelled. Reason: '${reasonOf(result)}'`);
    }
    print(onStdout.green(`Flow run '${id}' was successfully scheduled for cancellation.`));
  });
}

/** `prefect-ts flow-run retry`: schedules a run that has ended once more, with the same parameters. */
export async function retryFlowRun(session: Session, idOrName: string): Promise<void> {
  await session.withClient(async (client) => {
    const { id, state_type: type, deployment_id: deployment } = await findFlowRun(client, idOrName);
    if (!isFinal(type)) {
      throw new CliError(
        `Flow run '${id}' is in state '${type ?? "unknown"}' and cannot be retried. Only flow runs in terminal ` +
          "states (COMPLETED, FAILED, CANCELLED, CRASHED) can be retried.",
      );
    }
    if (deployment == null) {
      throw new CliError(
        `Flow run '${id}' has no deployment, so no worker can run it again. Call its flow again from where it was called.`,
      );
    }
    await scheduleAgain(client, id);
    print(
      onStdout.green(
        `Flow run '${id}' has been scheduled for retry. A worker will pick it up shortly. ` +
          `To see it run: prefect-ts flow-run logs ${id} --follow`,
      ),
    );
  });
}

async function scheduleAgain(client: PrefectClient, id: string): Promise<void> {
  const scheduled = state("SCHEDULED", "Scheduled", { message: "Retried via CLI" });
  scheduled.state_details.scheduled_time = new Date().toISOString();
  // By force, as Prefect does: no rule of the server lets a run that has ended go back otherwise.
  const result = await client.flowRuns.setState(id, scheduled, { force: true });
  if (result.status === "ABORT") {
    throw new CliError(`Flow run '${id}' could not be retried. Reason: '${reasonOf(result)}'`);
  }
}

/** `prefect-ts flow-run delete`: asks first on a terminal. */
export async function deleteFlowRun(session: Session, idOrName: string): Promise<void> {
  await session.withClient(async (client) => {
    const { id } = await findFlowRun(client, idOrName);
    if (!(await confirm(session, `Are you sure you want to delete flow run with id '${id}'?`))) {
      throw new CliError("Deletion aborted.");
    }
    await client.flowRuns.delete(id);
    print(onStdout.green(`Successfully deleted flow run '${id}'.`));
  });
}

function reasonOf(result: { details?: unknown }): string {
  const { details } = result;
  const reason = typeof details === "object" && details !== null && "reason" in details && details.reason;
  return typeof reason === "string" ? reason : "the server gave none";
}
