/** One known way in which Oracle cannot be reached or used. */
export interface OracleFailurePattern {
  /** Stable name, for reports and for looking up in the runbook. */
  pattern: string;
  /** Matched against codes and messages of the error and of its causes. */
  matches: RegExp;
  cause: string;
  whatToDo: string;
  /** True where a new connection may find it gone: a read by key then goes on by itself (`readByKey`). */
  transient?: boolean;
}

/** The known patterns; the first that matches holds, so the more special stand first. */
export const oracleFailurePatterns: readonly OracleFailurePattern[] = [
  {
    pattern: "not-configured",
    matches: /ORACLE-SETTINGS/,
    cause: "Variables of the worker's environment are missing or make no sense; the message names them.",
    whatToDo:
      "Set the ORACLE_* variables in the secret that the worker gets its environment from, and restart the worker.",
  },
  {
    pattern: "instant-client-not-found",
    matches: /DPI-1047|DPI-1050|DPI-1072/,
    cause:
      "Oracle Instant Client was not found, is of another processor type, or is too old. Thick mode needs it.",
    whatToDo:
      "Check that the image holds Instant Client (is an old tag still running?), that ORACLE_CLIENT_LIB_DIR is its folder " +
      "and, with 19c on Linux, that LD_LIBRARY_PATH names the folder too before the process starts; libaio must be installed.",
  },
  {
    pattern: "host-name-unknown",
    transient: true,
    matches: /ENOTFOUND|EAI_AGAIN|NJS-530|ORA-12545/,
    cause: "The host name of the Oracle server cannot be resolved from here.",
    whatToDo: "Check ORACLE_<ENV>_HOST for typing errors, and the name service of the cluster.",
  },
  {
    pattern: "wrong-service",
    matches: /NJS-518|NJS-519|ORA-12514|ORA-12505|ORA-12521/,
    cause: "Host and port were reached, but the listener does not know this service.",
    whatToDo:
      "Set ORACLE_<ENV>_SERVICE to a service that the listener has registered (`lsnrctl services` lists them).",
  },
  {
    pattern: "native-encryption-required",
    matches: /NJS-533|NJS-531|NJS-532|ORA-12660|ORA-12649|ORA-12650|NJS-089/,
    cause: "The server asks for native network encryption or integrity, which thin mode does not have.",
    whatToDo:
      "Set ORACLE_USE_THICK_MODE=true (the default) and use an image that holds Oracle Instant Client.",
  },
  {
    pattern: "wrong-password",
    matches: /ORA-01017|ORA-01005/,
    cause: "The server refused this user name and password.",
    whatToDo:
      "Check ORACLE_<ENV>_USER and ORACLE_<ENV>_PASSWORD in the secret. Repeated tries may lock the account, so correct it before running again.",
  },
  {
    pattern: "account-locked",
    matches: /ORA-28000/,
    cause: "The account is locked, as after too many wrong passwords.",
    whatToDo:
      "Ask the Oracle administrator for ALTER USER … ACCOUNT UNLOCK, and check the password in the secret first.",
  },
  {
    pattern: "password-expired",
    matches: /ORA-28001/,
    cause: "The password of the account has expired.",
    whatToDo: "Have a new password set for the account and put it into ORACLE_<ENV>_PASSWORD.",
  },
  {
    pattern: "thin-mode-unsupported",
    matches: /NJS-116|NJS-138/,
    cause: "The server, or the kind of password this account has, is too old for thin mode.",
    whatToDo: "Set ORACLE_USE_THICK_MODE=true and use an image that holds Oracle Instant Client.",
  },
  {
    pattern: "missing-right-or-table",
    matches: /ORA-00942|ORA-01031|ORA-01045/,
    cause: "The account may not read this table or view, or it does not exist in this database.",
    whatToDo:
      "Ask the Oracle administrator for CREATE SESSION and SELECT rights; check that ORACLE_<ENV>_SERVICE is the right database.",
  },
  {
    pattern: "snapshot-too-old",
    transient: true,
    matches: /ORA-01555/,
    cause: "The query took longer than the database keeps old versions of changed rows.",
    whatToDo:
      "Reading by key goes on by itself. If it comes back, run at a quieter time or ask for a longer UNDO_RETENTION.",
  },
  {
    pattern: "server-silent",
    transient: true,
    matches: /ORACLE-STALLED/,
    cause:
      "The server accepted the connection and then sent nothing: it hangs, or a firewall drops what it sends.",
    whatToDo:
      "Ask the Oracle administrator whether the database answers; if it is only slow, raise ORACLE_STALL_TIMEOUT_SECONDS.",
  },
  {
    pattern: "timeout",
    transient: true,
    matches:
      /NJS-510|NJS-123|ORA-12170|ORA-12535|ORA-12606|ORA-12609|DPI-1067|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/,
    cause:
      "Nothing answered in time: a firewall or network policy drops the packets, or the server is overloaded.",
    whatToDo:
      "Check ORACLE_<ENV>_HOST and ORACLE_<ENV>_PORT, and that the firewall lets the cluster's addresses in.",
  },
  {
    pattern: "listener-unreachable",
    transient: true,
    matches: /NJS-503|ECONNREFUSED|ORA-12541|ORA-12543/,
    cause: "No listener answers at this host and port from the cluster.",
    whatToDo:
      "Check ORACLE_<ENV>_HOST and ORACLE_<ENV>_PORT, that the listener runs, and the network path from the cluster.",
  },
  {
    pattern: "connection-refused-by-listener",
    transient: true,
    matches: /NJS-511|ORA-125(?:16|18|19|20|28|37)/,
    cause: "The listener was reached and refused; the ORA number in the message says why.",
    whatToDo:
      "Look the ORA number up; a busy or restricted instance may take connections again after a while.",
  },
  {
    pattern: "database-not-open",
    transient: true,
    matches: /ORA-01033|ORA-01034|ORA-01090|ORA-01092/,
    cause: "The listener answers, but the database is down, or is starting or stopping.",
    whatToDo:
      "Wait until the database is open and run again. If it stays so, ask the Oracle administrator; ORA-01034 may also mean a wrong ORACLE_<ENV>_SERVICE.",
  },
  {
    pattern: "connection-lost",
    transient: true,
    matches:
      /NJS-500|NJS-501|NJS-521|NJS-509|ORA-03113|ORA-03114|ORA-03135|ORA-12547|ORA-01012|ORA-01089|ORA-00028|ORA-02396|ORA-02399|ORA-12571|DPI-1010|DPI-1080|ECONNRESET/,
    cause:
      "The connection broke while it was in use: the session was ended, the database stopped, or the network failed.",
    whatToDo:
      "Run again; what was migrated is skipped. If it happens often, ask for idle limits and firewall timeouts.",
  },
];
