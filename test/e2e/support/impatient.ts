/** Settings of a worker that notices within seconds whose worker or process is gone. */
export const impatient = {
  PREFECT_TS_WORKER_LOST_RUNS_SECONDS: "1",
  PREFECT_WORKER_QUERY_SECONDS: "1",
  PREFECT_WORKER_HEARTBEAT_SECONDS: "1",
  // A run of another machine, or one that only its claim tells of, counts as lost when it has not been heard of for 2.5 of these.
  PREFECT_FLOWS_HEARTBEAT_FREQUENCY: "2",
};
