// One run's process: makes a checkout when told to by a line on stdin, and prints it as JSON.
import { once } from "node:events";
import { createCheckout } from "../../../src/git/checkout.ts";

const options = JSON.parse(process.argv[2] ?? "{}");
console.log("ready");
await once(process.stdin, "data");
const checkout = await createCheckout({ ...options, env: process.env, log: () => undefined });
console.log(JSON.stringify(checkout));
process.exit();
