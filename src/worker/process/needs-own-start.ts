/** Variables that Node, the C library, OpenSSL and libuv read only when a process starts. */
const readAtStart = /^(NODE_|LD_|LC_|MALLOC_|GLIBC_|OPENSSL_|SSL_|UV_|ICU_)|^(TZ|LANG|LANGUAGE)$/;
/** Read by programs, at any time. */
const readLater = new Set(["NODE_ENV"]);

/** Whether a run's environment says what acts only in a process that is started with it, and differs from `own`. */
export function needsOwnStart(env: Record<string, string>, own: NodeJS.ProcessEnv): boolean {
  return Object.keys(env).some(
    (name) => readAtStart.test(name) && !readLater.has(name) && env[name] !== own[name],
  );
}
