// Characters that a reader does not see, or that change the order in which others
// are shown, are replaced by their names.

// Controls other than tab and line feed, format characters (bidirectional ones,
// zero-width ones, tags), separators of lines, private use, and lone surrogates.
const hidden = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;

export type Piece = { text: string; hidden: boolean };

function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

// Splits a text into what is shown as it is and the names of hidden characters;
// with `lineEnds`, line feeds are among these.
export function pieces(text: string, lineEnds = false): Piece[] {
  const found: Piece[] = [];
  let plain = "";
  for (const character of text) {
    if ((character === "\n" && !lineEnds) || character === "\t" || !hidden.test(character)) {
      plain += character;
      continue;
    }
    if (plain) found.push({ text: plain, hidden: false });
    plain = "";
    found.push({ text: nameOf(character), hidden: true });
  }
  if (plain) found.push({ text: plain, hidden: false });
  return found;
}
