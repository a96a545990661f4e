/** One known way in which Specify's database cannot be reached or used. */
export interface SpecifyFailurePattern {
  /** Stable name, for reports and for looking up in the runbook. */
  pattern: string;
  /** Matched against codes, numbers ("errno 1045") and messages of the error and of its causes. */
  matches: RegExp;
  cause: string;
  whatToDo: string;
}

/** The known patterns; the first that matches holds, so the more special stand first. */
export const specifyFailurePatterns: readonly SpecifyFailurePattern[] = [
  {
    pattern: "not-configured",
    matches: /SPECIFY-SETTINGS/,
    cause: "Variables of the worker's environment are missing or make no sense; the message names them.",
    whatToDo:
      "Set DATABASE_HOST and its kin in the secret that the worker gets its environment from, and restart the worker.",
  },
  {
    pattern: "wrong-password",
    matches: /errno 1045|errno 1698/,
    cause: "MariaDB refused this user name and password, or this user from this address.",
    whatToDo:
      "Check APP_USER_NAME and APP_USER_PASSWORD (or DB_USER and DB_PASSWORD) in the secret, and that the user is granted from the worker's address.",
  },
  {
    pattern: "unknown-database",
    matches: /errno 1049/,
    cause: "The server was reached, but has no database of this name.",
    whatToDo: "Check DATABASE_NAME (or DB_NAME); on a fresh server let Specify make its database first.",
  },
  {
    pattern: "no-rights",
    matches: /errno 1044|errno 1142|errno 1143|errno 1227/,
    cause: "The user may not do this in the database.",
    whatToDo: "Grant the user SELECT, INSERT and UPDATE on Specify's database.",
  },
  {
    pattern: "not-specify",
    matches: /errno 1146|errno 1054/,
    cause: "A table or column of Specify 7 is missing: another database, or another version of Specify.",
    whatToDo:
      "Check DATABASE_NAME, and that Specify's own migrations have run (Specify 7.12 is what this was made for).",
  },
  {
    pattern: "too-many-connections",
    matches: /errno 1040|errno 1203|errno 1226/,
    cause: "The server or the user has no connection left.",
    whatToDo: "Wait and run again, or raise max_connections.",
  },
  {
    pattern: "host-blocked",
    matches: /errno 1129|errno 1130/,
    cause: "The server takes no connections from this address.",
    whatToDo: "Grant the user from the worker's address; after many broken connections FLUSH HOSTS helps.",
  },
  {
    pattern: "read-only",
    matches: /errno 1290|errno 1792|errno 1836|errno 1036/,
    cause: "The server is read-only, as a replica is.",
    whatToDo: "Point DATABASE_HOST at the primary server.",
  },
  {
    pattern: "rows-locked",
    matches: /errno (?:1205|1213|1020)\b/,
    cause: "Another session has kept rows or a table locked for so long that this one gave up.",
    whatToDo:
      "See who it is by SHOW FULL PROCESSLIST (a backup, a long transaction, an open client); end it, and run again: what went in is skipped.",
  },
  {
    pattern: "no-room",
    matches: /errno (?:1114|1021)\b/,
    cause: "The disk of the server, or the table, is full.",
    whatToDo: "Make room on MariaDB's volume; then run again: what went in is skipped.",
  },
  {
    pattern: "host-name-unknown",
    matches: /ENOTFOUND|EAI_AGAIN/,
    cause: "The host name of the database cannot be resolved from here.",
    whatToDo: "Check DATABASE_HOST (or DB_HOST) and the name service of the cluster.",
  },
  {
    pattern: "server-unreachable",
    matches: /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH/,
    cause: "Nothing listens at this host and port.",
    whatToDo: "Check DATABASE_HOST and DATABASE_PORT, and that MariaDB runs (kubectl get pods).",
  },
  {
    pattern: "timeout",
    matches:
      /SPECIFY-STALLED|ETIMEDOUT|ER_CONNECTION_TIMEOUT|ER_SOCKET_TIMEOUT|errno 45012|errno 45026|errno 1969\b/,
    cause: "The server did not answer in time: overloaded, or a network policy drops the packets.",
    whatToDo: "Check the network path from the worker to DATABASE_HOST and the load of the server.",
  },
  {
    pattern: "connection-lost",
    matches:
      /ECONNRESET|EPIPE|ER_SOCKET_UNEXPECTED_CLOSE|ER_CONNECTION_KILLED|ER_CMD_CONNECTION_CLOSED|ER_CMD_NOT_EXECUTED_DESTROYED|errno (?:1053|1927|2006|2013|45009)\b/,
    cause: "The connection broke while it was in use: the server stopped or ended it.",
    whatToDo: "See why MariaDB restarted; then run again: what went in is skipped.",
  },
  {
    pattern: "pool-timeout",
    matches: /ER_GET_CONNECTION_TIMEOUT|errno 45028/,
    cause: "No connection to the server could be had in time.",
    whatToDo: "Check that MariaDB runs and has connections left; then run again.",
  },
];
