import type { CommandWords } from "./words.ts";

/** A script for bash: the words that are no options choose what may follow. */
export function bashScript(words: CommandWords[]): string {
  const cases = words.map(({ path, commands, flags }) => {
    const all = [...commands, ...flags].map(({ name }) => name).join(" ");
    return `    "${path}") words="${all}" ;;`;
  });
  return `# Completions of prefect-ts. Load them with: source <(prefect-ts completion bash)
_prefect_ts() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" words="" word index
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    case "$word" in
      --profile) index=$((index + 1)) ;;
      -*) ;;
      *) case "$path" in *" "*) ;; *) path="\${path:+$path }$word" ;; esac ;;
    esac
  done
  case "$path" in
${cases.join("\n")}
    *) path="\${path%% *}"; case "$path" in
${cases.filter((line) => /^ {4}"[a-z-]+"\)/.test(line)).join("\n")}
      esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  # Nothing fits: a value is typed, most often a file.
  if [ \${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -F _prefect_ts prefect-ts`;
}

/** A script for zsh, which understands bash's. */
export function zshScript(words: CommandWords[]): string {
  return `autoload -U +X compinit && compinit -u\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(words)}`;
}

/** A script for fish, with a word on each command and option. */
export function fishScript(words: CommandWords[]): string {
  const lines = words.flatMap(({ path, commands, flags }) => {
    const [noun, verb] = path.split(" ");
    const when =
      path === ""
        ? "__fish_use_subcommand"
        : [noun, verb]
            .filter((word) => word !== undefined)
            .map((word) => `__fish_seen_subcommand_from ${word}`)
            .join("; and ");
    const without =
      verb === undefined && commands.length > 0 && path !== ""
        ? `; and not __fish_seen_subcommand_from ${commands.map(({ name }) => name).join(" ")}`
        : "";
    return [
      ...commands.map(
        ({ name, summary }) =>
          `complete -c prefect-ts -f -n '${when}${without}' -a ${name} -d ${quoted(summary)}`,
      ),
      ...flags.map(
        ({ name, summary }) =>
          `complete -c prefect-ts -n '${when}' -l ${name.slice(2)} -d ${quoted(summary)}`,
      ),
    ];
  });
  return ["# Completions of prefect-ts.", ...lines].join("\n");
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
