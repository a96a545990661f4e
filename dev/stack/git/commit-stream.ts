/** Path → new content; null removes the file. */
export type FileChanges = Readonly<Record<string, string | Buffer | null>>;

interface Commit {
  readonly branch: string;
  readonly message: string;
  /** The id of the commit it comes after; none for the first of a branch. */
  readonly parent?: string;
  readonly files: FileChanges;
}

/** A commit in the format that `git fast-import` reads. */
export function commitStream(commit: Commit): Buffer {
  const seconds = Math.floor(Date.now() / 1000);
  const parts: Buffer[] = [
    Buffer.from(
      `commit refs/heads/${commit.branch}\ncommitter Local stack <stack@localhost> ${seconds} +0000\n`,
    ),
    data(commit.message),
  ];
  if (commit.parent !== undefined) parts.push(Buffer.from(`from ${commit.parent}\n`));
  for (const [path, content] of Object.entries(commit.files)) {
    if (content === null) parts.push(Buffer.from(`D ${JSON.stringify(path)}\n`));
    else parts.push(Buffer.from(`M 100644 inline ${JSON.stringify(path)}\n`), data(content));
  }
  parts.push(Buffer.from("done\n"));
  return Buffer.concat([Buffer.from("feature done\n"), ...parts]);
}

function data(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from("\n")]);
}
