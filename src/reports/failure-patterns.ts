/** One known way in which the object storage cannot be reached or used. */
export interface S3FailurePattern {
  /** Stable name, for reports and for looking up in the runbook. */
  pattern: string;
  /** Matched against names, codes, HTTP status ("status 403") and messages of the error and of its causes. */
  matches: RegExp;
  cause: string;
  whatToDo: string;
}

/** The known patterns; the first that matches holds, so the more special stand first. */
export const s3FailurePatterns: readonly S3FailurePattern[] = [
  {
    pattern: "not-configured",
    matches: /S3-SETTINGS/,
    cause: "Variables of the worker's environment are missing or make no sense; the message names them.",
    whatToDo:
      "Set the S3_* variables in the secret that the worker gets its environment from, and restart the worker.",
  },
  {
    pattern: "signing-mode",
    matches: /XAmzContentSHA256Mismatch/,
    cause:
      "The storage, or a proxy before it, sees another body than the one that was signed. Both signing modes were tried.",
    whatToDo:
      "Set S3_PAYLOAD_SIGNING_ENABLED=false (the default) and see whether a proxy changes what passes through it.",
  },
  {
    pattern: "wrong-access-key",
    matches: /InvalidAccessKeyId|InvalidClientTokenId/,
    cause: "The storage does not know this access key.",
    whatToDo: "Check S3_ACCESS_KEY_ID in the secret: it may have been replaced or belong to another storage.",
  },
  {
    pattern: "wrong-secret-key",
    matches: /SignatureDoesNotMatch/,
    cause:
      "The signature does not fit the access key: the secret key is wrong, or a proxy changes host or path.",
    whatToDo:
      "Check S3_SECRET_ACCESS_KEY and S3_REGION; with a proxy, check S3_ENDPOINT_URL and S3_FORCE_PATH_STYLE.",
  },
  {
    pattern: "clock",
    matches: /RequestTimeTooSkewed|RequestExpired/,
    cause: "The clock of this machine differs from the storage's by more than 15 minutes.",
    whatToDo: "Set the clock of the node.",
  },
  {
    pattern: "no-such-bucket",
    matches: /NoSuchBucket|status 404/,
    cause: "The storage was reached, but has no bucket of this name.",
    whatToDo: "Check S3_BUCKET, and S3_FORCE_PATH_STYLE (true for MinIO); make the bucket if it is new.",
  },
  {
    pattern: "wrong-region",
    matches: /PermanentRedirect|AuthorizationHeaderMalformed|status 301/,
    cause: "The bucket lies in another region.",
    whatToDo: "Set S3_REGION to the bucket's region.",
  },
  {
    pattern: "access-denied",
    matches: /AccessDenied|AccountProblem|AllAccessDisabled|status 403/,
    cause:
      "The storage refused: the key is unknown or wrong, or may not read, write and delete in this bucket.",
    whatToDo:
      "Check S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, then that the key's policy has s3:ListBucket, s3:PutObject and s3:DeleteObject.",
  },
  {
    pattern: "no-credentials",
    matches: /CredentialsProviderError|Could not load credentials/,
    cause: "No keys were found for the storage.",
    whatToDo: "Set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY in the secret.",
  },
  {
    pattern: "host-name-unknown",
    matches: /ENOTFOUND|EAI_AGAIN/,
    cause: "The host name of the storage cannot be resolved from here.",
    whatToDo:
      "Check S3_ENDPOINT_URL; with S3_FORCE_PATH_STYLE=false the bucket's name becomes part of the host name.",
  },
  {
    pattern: "certificate",
    matches: /CERT_|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|EPROTO|wrong version number/,
    cause: "The storage's TLS certificate is not trusted here, or the port does not speak TLS.",
    whatToDo:
      "Check http or https in S3_ENDPOINT_URL; for an own authority set NODE_EXTRA_CA_CERTS in the pod.",
  },
  {
    pattern: "server-unreachable",
    matches: /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH/,
    cause: "Nothing listens at the endpoint's host and port.",
    whatToDo: "Check S3_ENDPOINT_URL and that the storage runs.",
  },
  {
    pattern: "timeout",
    matches: /TimeoutError|ETIMEDOUT|RequestTimeout/,
    cause: "The storage did not answer in time.",
    whatToDo: "Check the network path from the worker to S3_ENDPOINT_URL, and the storage's load.",
  },
  {
    pattern: "storage-busy",
    matches: /SlowDown|ServiceUnavailable|InternalError|status 50\d/,
    cause: "The storage was reached and failed by itself.",
    whatToDo: "Look at the storage's own log and free space, and run again.",
  },
];
