/** Prefect's flags of several letters after one dash, which no parser of options understands. */
const severalLetters: Record<string, string> = { "-jv": "--job-variable", "-cl": "--concurrency-limit" };

/** Rewrites `-jv` and `-cl` to their long forms. */
export function longFlags(argv: string[]): string[] {
  const end = argv.indexOf("--");
  return argv.map((word, index) => (end !== -1 && index > end ? word : (severalLetters[word] ?? word)));
}
