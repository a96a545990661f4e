import { resolve } from "node:path";
import type { PrefectClient } from "../../prefect/client/client.ts";
import { onStdout, print, printPanel } from "../output.ts";
import type { Session } from "../session.ts";
import type { Plan } from "./plan.ts";

/** Says that one deployment is on the server, and what the user should know of it. */
export function reportDeployment(session: Session, plan: Plan, id: string): void {
  printPanel(
    `Deployment '${plan.flowName}/${plan.name}' successfully created with id '${id}'.`,
    onStdout.green,
  );
  print(`\nView Deployment in UI: ${session.uiUrl(`deployments/deployment/${id}`)}\n`);
  if (plan.pullsFromHere) {
    print(
      `Your Prefect workers will attempt to load your flow from: ${onStdout.green(resolve(process.cwd()))}`,
    );
    print(
      "For workers elsewhere, give prefect.yaml a pull section with prefect.deployments.steps.git_clone.\n",
    );
  }
  if (holdsPassword(plan.fields.pull_steps)) {
    print(
      onStdout.yellow(
        "The repository's address in the pull step holds a password, which anyone who sees the deployment can read. " +
          "Use access_token: '{{ prefect.blocks.secret.NAME }}' instead.\n",
      ),
    );
  }
}

/** Says what to do next: start a worker where a pool has none, and run the deployments. */
export async function reportNextSteps(client: PrefectClient, plans: Plan[]): Promise<void> {
  for (const pool of new Set(plans.map((plan) => plan.workPool))) {
    const workers = await client.workPools.onlineWorkers(pool);
    if (workers.length > 0) continue;
    print(
      "To execute flow runs from these deployments, start a worker in a separate terminal that pulls work from the " +
        `'${pool}' work pool:`,
    );
    print(onStdout.blue(`\n\t$ prefect-ts worker start --pool '${pool}'\n`));
  }
  const these = plans.length > 1 ? "these deployments" : "this deployment";
  print(`To schedule a run for ${these}, use the following command${plans.length > 1 ? "s" : ""}:\n`);
  for (const plan of plans) {
    print(onStdout.blue(`\t$ prefect-ts deployment run '${plan.flowName}/${plan.name}'`));
  }
  print();
}

function holdsPassword(steps: unknown): boolean {
  return /"repository":"[a-z+]+:\/\/[^/"@]*:[^/"@]+@/i.test(JSON.stringify(steps));
}
