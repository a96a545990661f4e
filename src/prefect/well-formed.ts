/** In the JSON of `JSON.stringify` half of a surrogate pair, alone, is such an escape; every other escape is kept. */
const ESCAPES = /\\(?:u(d[89a-f][0-9a-f]{2})|.)/g;

/**
 * The JSON of a value as a server can take it: half of a surrogate pair that stands alone becomes U+FFFD. Python can
 * read such a half but not write it: the server would answer its own refusal with 500, or break the socket.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  // A scan, because nearly no text has one.
  if (!text.includes("\\ud")) return text;
  return text.replace(ESCAPES, (whole, half) => (half === undefined ? whole : "\\ufffd"));
}

/** The first `length` UTF-16 units of a text, or one less where a surrogate pair would be cut in two. */
export function cutText(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
