// Compares the keys of the worker's secret with those that the values ask for, before the worker starts.
import { readdirSync, readFileSync } from "node:fs";

const FOLDER = process.env.SECRET_FOLDER ?? "/var/run/secrets/environment";
const name = process.env.SECRET_NAME;
const list = (value) => (value ?? "").split(" ").filter((key) => key !== "");
const say = (level, msg) =>
  process.stderr.write(`${JSON.stringify({ level, time: new Date().toISOString(), msg })}\n`);

const present = readdirSync(FOLDER).filter((key) => !key.startsWith(".."));
if (present.length === 0) {
  say(
    50,
    `The secret ${name} is not there, or is empty: kubectl create secret generic ${name} --from-env-file=FILE`,
  );
  process.exit(1);
}

/** How many letters differ, to tell a slip from another key. */
function distance(one, other) {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + same));
    }
    row = next;
  }
  return row[other.length];
}

const wanted = [...list(process.env.REQUIRED_KEYS), ...list(process.env.RECOMMENDED_KEYS)];
const strangers = present.filter((key) => !wanted.includes(key));

/** What is wrong with a key; undefined when nothing is. */
function problem(key) {
  if (present.includes(key)) {
    return readFileSync(`${FOLDER}/${key}`, "utf8").trim() === "" ? `${key} is empty` : undefined;
  }
  const near = strangers.find((other) => distance(key.toLowerCase(), other.toLowerCase()) <= 2);
  return near === undefined
    ? `${key} is missing`
    : `${key} is missing (there is ${near}: a slip of the pen?)`;
}

const problems = (keys) =>
  list(keys)
    .map(problem)
    .filter((text) => text !== undefined);
const missing = problems(process.env.REQUIRED_KEYS);
const advice = problems(process.env.RECOMMENDED_KEYS);
if (advice.length > 0)
  say(40, `The secret ${name}: ${advice.join("; ")}. Flows that need them will fail or leave out reports.`);
if (missing.length > 0) {
  say(
    50,
    `The secret ${name}: ${missing.join("; ")}. Correct it, or secrets.requiredKeys; the pod then starts by itself.`,
  );
  process.exit(1);
}
say(30, `The secret ${name} has the ${list(process.env.REQUIRED_KEYS).length} keys that it must have.`);
