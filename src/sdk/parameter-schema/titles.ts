/** `port_number` and `portNumber` as pydantic titles them: `Port Number`. */
export function titleOf(name: string): string {
  return words(name)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(" ");
}

/** The name of a definition that is made for a field: `portNumber` gives `PortNumber`. */
export function definitionName(name: string): string {
  return titleOf(name).replaceAll(" ", "") || "Value";
}

function words(name: string): string[] {
  return name
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}
