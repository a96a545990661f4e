/**
 * Replaces `$NAME` and `${NAME}` by values and `$$` by `$`; what is not known stays as it is. These are the rules of
 * Python's `string.Template.safe_substitute`, which `run_shell_script` uses when `expand_env_vars` is true.
 */
export function expandVariables(text: string, values: NodeJS.ProcessEnv): string {
  return text.replace(
    /\$(?:(\$)|([_a-z][_a-z0-9]*)|\{([_a-z][_a-z0-9]*)\})/gi,
    (match, dollar, plain, braced) => {
      if (dollar !== undefined) return "$";
      return values[plain ?? braced] ?? match;
    },
  );
}
