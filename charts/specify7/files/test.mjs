// `helm test`: the server answers, the pool is there and is not paused, and as many workers as asked for are online.
const { PREFECT_API_URL: api, PREFECT_API_AUTH_STRING: auth, POOL: pool } = process.env;
const wanted = Number(process.env.WORKERS);
const until = Date.now() + Number(process.env.TIMEOUT_SECONDS) * 1000;

async function ask(path, body) {
  const answer = await fetch(`${api}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      "content-type": "application/json",
      ...(auth && { authorization: `Basic ${Buffer.from(auth).toString("base64")}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok)
    throw new Error(`${api}${path} answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
  return await answer.json();
}

async function check() {
  await ask("/health");
  const found = await ask(`/work_pools/${encodeURIComponent(pool)}`);
  if (found.is_paused) throw new Error(`work pool ${pool} is paused: prefect-ts work-pool resume ${pool}`);
  const workers = await ask(`/work_pools/${encodeURIComponent(pool)}/workers/filter`, {});
  const online = workers.filter((worker) => worker.status === "ONLINE").length;
  if (online < wanted) throw new Error(`${online} of ${wanted} workers of pool ${pool} are online`);
  return `The server answers, pool ${pool} is there, ${online} workers are online.`;
}

for (;;) {
  try {
    process.stdout.write(`${await check()}\n`);
    break;
  } catch (error) {
    const text = error.cause?.message ? `${error.message}: ${error.cause.message}` : error.message;
    if (Date.now() > until) {
      process.stderr.write(`${text}\n`);
      process.exit(1);
    }
    await new Promise((done) => setTimeout(done, 1000));
  }
}
