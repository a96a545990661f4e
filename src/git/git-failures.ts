import type { PullErrorCode } from "./errors.ts";

/** What a message of git means and what to do next. */
export interface GitFailure {
  code: PullErrorCode;
  retryable: boolean;
  next: string;
}

type Row = [pattern: RegExp, code: PullErrorCode, retryable: boolean, next: string];

/** git's words on stderr (LC_ALL=C) to codes; the first match wins. The one place that decides what is worth a retry. */
const TABLE: Row[] = [
  [
    /No space left on device|ENOSPC|Disk quota exceeded/i,
    "GIT_DISK_FULL",
    false,
    "Free space on the disk that holds the storage folder (old mirrors and dependencies there may be deleted).",
  ],
  [
    /spawn \S*git ENOENT|spawn git EACCES/,
    "GIT_NOT_INSTALLED",
    false,
    "Install git (Debian: apt-get install git) or put it in PATH of the worker.",
  ],
  [
    /Unable to create '.*\.lock': File exists|cannot lock ref/,
    "GIT_MIRROR_BUSY",
    true,
    "Another git works in the mirror, or one was killed there; the mirror is made again if it lasts.",
  ],
  [
    /couldn't find remote ref|Remote branch .* not found/i,
    "GIT_BRANCH_NOT_FOUND",
    false,
    "Push the branch or correct `branch` in the pull step.",
  ],
  [
    /not our ref|unadvertised object|no such remote ref|upload-pack: not our ref/i,
    "GIT_COMMIT_NOT_FOUND",
    false,
    "Push the commit or correct `commit_sha` in the pull step.",
  ],
  [
    /dubious ownership/,
    "GIT_OWNERSHIP_REFUSED",
    false,
    "The repository's folder belongs to another user: run `git config --global --add safe.directory <path>` as the worker's user.",
  ],
  [
    /Host key verification failed/,
    "GIT_HOST_KEY_REFUSED",
    false,
    "Add the host to known_hosts of the worker's user (ssh-keyscan <host> >> ~/.ssh/known_hosts, after checking the key).",
  ],
  [
    /Permission denied \(|Authentication failed|could not read (Username|Password)|HTTP 40[13]|returned error: 40[13]|Invalid (username|credentials)|access denied/i,
    "GIT_AUTHENTICATION_FAILED",
    false,
    "Check that the access token or key is valid, not expired, and may read this repository.",
  ],
  [
    /SSL certificate problem|server certificate verification failed|SSL_ERROR|unable to get local issuer/i,
    "GIT_CERTIFICATE_REFUSED",
    false,
    "Make the server's certificate authority known (GIT_SSL_CAINFO=<file> in the worker's environment).",
  ],
  [
    /does not appear to be a git repository|repository '.*' (not found|does not exist)|Repository not found|returned error: 404|project you were looking for could not be found|not valid: is this a git repository/i,
    "GIT_REPOSITORY_NOT_FOUND",
    false,
    "Check the repository's address; private repositories answer so too when no access token is given.",
  ],
  [
    /Could not resolve host|Temporary failure in name resolution|Name or service not known|Connection refused|Failed to connect|Couldn't connect|Connection reset|No route to host|Network is unreachable|Connection closed by|kex_exchange_identification|Empty reply from server|early EOF|unexpected disconnect|remote end hung up unexpectedly|GnuTLS recv error|SSL_read|transfer closed|curl 18/i,
    "GIT_UNREACHABLE",
    true,
    "Check host, port and network from the worker's machine.",
  ],
  [
    /Operation too slow|Operation timed out|Connection timed out|Timeout was reached|timed out/i,
    "GIT_TIMEOUT",
    true,
    "The git server did not answer in time: check its health, or allow it more time.",
  ],
  [
    /returned error: (429|5\d\d)|HTTP 5\d\d|Internal Server Error/i,
    "GIT_SERVER_ERROR",
    true,
    "The git server failed or is overloaded: look at its own log.",
  ],
  [
    /is corrupt|object file .* is empty|bad object|bad tree|unable to read tree|unable to read sha1|missing blob|missing tree|invalid sha1 pointer|inflate: data stream error|unable to unpack|packfile .* (index unavailable|cannot be accessed|is far too short|does not match)|file .*\.pack|bad config|not a git repository: |not a git repository \(|did not send all necessary objects|Failed to traverse parents|unresolved deltas|reference broken|cannot update ref|invalid object|failed to unpack tree object|not a tree object|unknown index entry format|wrong index v|is not a valid object|Could not parse object|bad signature/i,
    "GIT_MIRROR_CORRUPTED",
    true,
    "Delete the mirror under the storage folder; it is fetched again by the next run.",
  ],
];

/** What git's stderr means. A message that no row knows is GIT_FAILED. */
export function classifyGitFailure(stderr: string): GitFailure {
  for (const [pattern, code, retryable, next] of TABLE) {
    if (pattern.test(stderr)) return { code, retryable, next };
  }
  return { code: "GIT_FAILED", retryable: false, next: "Run the same command by hand to see more." };
}
