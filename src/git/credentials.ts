import { PullError } from "./errors.ts";
import type { Repository } from "./repository-url.ts";

/** Fields of Prefect's GitHubCredentials, GitLabCredentials and BitBucketCredentials blocks, and of a plain dict. */
export interface GitCredentials {
  username?: string | undefined;
  password?: string | undefined;
  token?: string | undefined;
  access_token?: string | undefined;
}

/** How git shall introduce itself to the server. */
export interface Authorization {
  /** Value of the HTTP `Authorization` header. */
  header?: string;
  /** A user name without password: git's own credential helpers know the rest. */
  username?: string;
  /** Everything that must never be shown. */
  secrets: string[];
  /** Things the reader of the log should know. */
  warnings: string[];
}

/**
 * Turns an access token, a credentials block or the userinfo of the URL into an HTTP header (the first given wins).
 * Who logs in with which user name: see `userFor`. Source: Prefect's runner/storage.py `_format_token_from_credentials`.
 */
export function authorize(
  repository: Repository,
  given: { accessToken?: string | undefined; credentials?: GitCredentials | undefined },
): Authorization {
  const { credentials } = given;
  if (given.accessToken && credentials) {
    throw new PullError(
      "GIT_BAD_INPUT",
      "access_token and credentials are both given; give only one of them.",
    );
  }
  const token =
    given.accessToken || credentials?.access_token || credentials?.token || credentials?.password || "";
  if (credentials && token === "") {
    throw new PullError(
      "GIT_BAD_INPUT",
      `credentials hold no token or password (fields: ${Object.keys(credentials).join(", ") || "none"}); fill in the block.`,
    );
  }
  const { username, password } = repository.embedded;
  if (token !== "") return basic(repository, credentials?.username || username, token);
  if (password !== "") return basic(repository, username, password);
  // `https://<token>@host` is a common way to give a token; a short name is an account, as in Azure's clone URLs.
  if (username.length >= 20) return basic(repository, "", username);
  return username === "" ? { secrets: [], warnings: [] } : { username, secrets: [], warnings: [] };
}

function basic(repository: Repository, username: string, token: string): Authorization {
  if (repository.kind !== "http") {
    return {
      secrets: [token],
      warnings: [`the access token is not used: ${repository.kind} repositories take none.`],
    };
  }
  const pair = username !== "" ? `${username}:${token}` : userFor(new URL(repository.url).host, token);
  const encoded = Buffer.from(pair).toString("base64");
  const password = pair.slice(pair.indexOf(":") + 1);
  return {
    header: `Basic ${encoded}`,
    secrets: [token, password, encoded],
    warnings: isPlainOverNetwork(repository)
      ? [`${repository.origin} is plain http: the access token can be read on the way. Use https.`]
      : [],
  };
}

/** `user:token` as the host wants it. GitHub, Gitea and most others take any user name beside a token. */
function userFor(host: string, token: string): string {
  if (token.includes(":")) return token;
  if (host.includes("bitbucketserver")) {
    throw new PullError(
      "GIT_BAD_INPUT",
      "Bitbucket Server needs a username beside the token: add it to the credentials.",
    );
  }
  if (host.includes("bitbucket")) return `x-token-auth:${token}`;
  if (host.includes("gitlab")) return `oauth2:${token}`;
  return `x-access-token:${token}`;
}

function isPlainOverNetwork(repository: Repository): boolean {
  const { protocol, hostname } = new URL(repository.url);
  return protocol === "http:" && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}
