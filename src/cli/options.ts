import { type Command, InvalidArgumentError, Option } from "commander";

/** Collects an option that may be given several times. */
export function repeated(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** Parses a whole number of at least `least`, and at most `most`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < least || number > most) {
      const bounds = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
      throw new InvalidArgumentError(`Give a whole number ${bounds}.`);
    }
    return number;
  };
}

/** Parses a number of seconds above zero; fractions are allowed. */
export function seconds(value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0)
    throw new InvalidArgumentError("Give a number of seconds above 0.");
  return number;
}

/** Adds `-o json` to a command. */
export function withOutput(command: Command): Command {
  return command.addOption(
    new Option("-o, --output <format>", "Specify an output format. Currently supports: json").argParser(
      (value) => {
        if (value.toLowerCase() !== "json")
          throw new InvalidArgumentError("Only 'json' output format is supported.");
        return "json";
      },
    ),
  );
}
