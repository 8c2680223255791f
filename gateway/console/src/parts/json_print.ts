// Indents JSON by its tokens. The tokens keep their bytes: digits, order of keys,
// duplicates and escapes are those of the text.

export type Kind = "key" | "string" | "number" | "word" | "mark";
export interface Token {
  text: string;
  kind: Kind;
}

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+|"/g;

function kindOf(text: string, next: string | undefined): Kind {
  if (text.length > 1 && text[0] === '"') return next === ":" ? "key" : "string";
  if (/^[{}[\],:]$/.test(text)) return "mark";
  return /^-?\d/.test(text) ? "number" : "word";
}

// Returns the tokens of `text` with white space between them. Empty containers
// stay on one line.
export function printJson(text: string): Token[] {
  const parts = text.match(tokens) ?? [];
  const printed: Token[] = [];
  let depth = 0;
  const line = () => printed.push({ text: `\n${"  ".repeat(depth)}`, kind: "mark" });
  parts.forEach((part, i) => {
    const before = parts[i - 1];
    const next = parts[i + 1];
    const opens = part === "{" || part === "[";
    const closes = part === "}" || part === "]";
    if (closes) {
      depth = Math.max(depth - 1, 0);
      if (before !== "{" && before !== "[") line();
    }
    printed.push({ text: part, kind: kindOf(part, next) });
    if (opens) {
      depth++;
      if (next !== "}" && next !== "]") line();
    }
    if (part === ",") line();
    if (part === ":") printed.push({ text: " ", kind: "mark" });
  });
  return printed;
}

export const indent = (text: string) =>
  printJson(text)
    .map((token) => token.text)
    .join("");

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
