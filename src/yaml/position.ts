import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node, type YAMLMap } from "yaml";

/**
 * Where in the text the value at `path` stands: an offset. Follows aliases and merge keys to the place where the value
 * was written. A value that is missing stands where its nearest parent does.
 */
export function positionOf(document: Document, path: PropertyKey[]): number {
  let node = follow(document, document.contents);
  let position = start(node);
  for (const key of path) {
    if (isSeq(node) && typeof key === "number") {
      node = asNode(node.items[key]);
      position = start(node) ?? position;
      node = follow(document, node);
      continue;
    }
    const pair = isMap(node) ? findPair(document, node, String(key)) : undefined;
    if (pair === undefined) break;
    position = start(asNode(pair.key)) ?? position;
    node = follow(document, asNode(pair.value));
  }
  return position ?? 0;
}

function findPair(document: Document, map: YAMLMap, key: string): YAMLMap["items"][number] | undefined {
  const own = map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
  if (own !== undefined) return own;
  for (const pair of map.items) {
    if (!isScalar(pair.key) || pair.key.source !== "<<") continue;
    const merged = follow(document, asNode(pair.value));
    for (const source of isSeq(merged) ? merged.items : [merged]) {
      const target = follow(document, asNode(source));
      const found = isMap(target) ? findPair(document, target, key) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function follow(document: Document, node: Node | undefined | null): Node | undefined {
  if (isAlias(node)) return node.resolve(document);
  return node ?? undefined;
}

function asNode(value: unknown): Node | undefined {
  return isNode(value) ? value : undefined;
}

function start(node: Node | undefined): number | undefined {
  return node?.range?.[0];
}
