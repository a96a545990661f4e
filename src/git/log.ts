/** Where this folder's messages go: the runner passes its flow-run logger. Messages hold no secrets. */
export type Log = (level: "debug" | "info" | "warning" | "error", message: string) => void;
