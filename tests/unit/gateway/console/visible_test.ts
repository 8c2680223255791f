import assert from "node:assert/strict";
import { test } from "node:test";
import { pieces } from "../../../../gateway/console/src/parts/visible.ts";

const shown = (text: string) =>
  pieces(text)
    .map((piece) => (piece.hidden ? `[${piece.text}]` : piece.text))
    .join("");

test("characters that change the order of text have names", () => {
  assert.equal(shown("a\u202eb\u2066c\u200fd"), "a[U+202E]b[U+2066]c[U+200F]d");
});

test("characters that are not seen have names", () => {
  assert.equal(shown("\0\x1b[0m\u200b\ufeff\u2028\u{e0041}\u00ad\r"), "[U+0000][U+001B][0m[U+200B][U+FEFF][U+2028][U+E0041][U+00AD][U+000D]");
  assert.equal(shown("\ud800"), "[U+D800]");
});

test("letters of all scripts, tabs and line ends stay", () => {
  const text = "a\tb\näöü 漢字 العربية 🙂";
  assert.deepEqual(pieces(text), [{ text, hidden: false }]);
});
