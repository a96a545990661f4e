/** Where results are kept: `localFolder(path)`, `s3Folder({ bucket, prefix })`, or your own. */
export interface ResultStorage {
  /** The text under a key, or undefined when there is none. */
  read(key: string): Promise<string | undefined>;
  write(key: string, text: string): Promise<void>;
  /** The key as a result's metadata on the server names it; for a folder the whole path, as Prefect's Python does. */
  address(key: string): string;
}

/** How the results of a flow or task are kept. */
export interface ResultOptions {
  /**
   * Keep what it returns, as JSON. Default: the flow's own setting for its tasks; else
   * `PREFECT_RESULTS_PERSIST_BY_DEFAULT`, which is false. A task with a cache policy keeps its results.
   */
  persistResult?: boolean;
  /**
   * A storage, a folder's absolute path, or `s3://bucket/prefix`. Default: the flow's own for its tasks; else
   * `PREFECT_LOCAL_STORAGE_PATH`, which is `~/.prefect/storage`.
   */
  resultStorage?: ResultStorage | string;
}
