import { expect, test } from "vitest";
import { shellWords } from "../../../src/git/pull-steps/shell-words.ts";

// What Python's shlex.split gives for the same lines.
test.each([
  ["", []],
  ["  a   b\t", ["a", "b"]],
  ["a 'b c' d", ["a", "b c", "d"]],
  [`a"b c"d`, ["ab cd"]],
  [`"say \\"hi\\" \\n"`, [`say "hi" \\n`]],
  ["'it'\\''s'", ["it's"]],
  ["a\\ b", ["a b"]],
  ["'' \"\"", ["", ""]],
  ["echo #no comment", ["echo", "#no", "comment"]],
  ["a|b && c > d", ["a|b", "&&", "c", ">", "d"]],
])("splits %j into words as Python does", (line, words) => {
  expect(shellWords(line)).toEqual(words);
});

test.each(["'open", '"open', "end\\"])("refuses %j", (line) => {
  expect(() => shellWords(line)).toThrow("PULL_STEP_INPUT");
});
