// Payloads never pass JSON.parse, which loses digits of numbers, the order of
// keys and duplicates. Before an answer is parsed, each payload in it is
// replaced by a string with its text.

const space = /[\t\n\r ]*/y;
const scalar = /[^\t\n\r ,\]}]+/y;
const string = /"(?:[^"\\]|\\.)*"/y;

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

// Returns the end of the value that begins at `at`.
function skip(text: string, at: number): number {
  if (text[at] === '"') return match(string, text, at);
  if (text[at] !== "{" && text[at] !== "[") return match(scalar, text, at);
  let depth = 0;
  let i = at;
  while (i < text.length) {
    const c = text[i];
    if (c === '"') {
      i = match(string, text, i);
      continue;
    }
    if (c === "{" || c === "[") depth++;
    if (c === "}" || c === "]") depth--;
    i++;
    if (depth === 0) break;
  }
  return i;
}

class Quoter {
  private at = 0;
  private parts: string[] = [];
  private copied = 0;

  constructor(
    private text: string,
    private key: string,
  ) {}

  run(): string {
    this.value(0);
    this.parts.push(this.text.slice(this.copied));
    return this.parts.join("");
  }

  private pass() {
    this.at = match(space, this.text, this.at);
  }

  // Reads an array of objects, or an object; passes over everything else.
  private value(depth: number) {
    this.pass();
    const open = this.text[this.at];
    if ((open === "[" && depth === 0) || open === "{") this.members(open, depth);
    else this.at = skip(this.text, this.at);
    this.pass();
  }

  private members(open: string, depth: number) {
    this.at++;
    this.pass();
    while (this.at < this.text.length && !"]}".includes(this.text[this.at] ?? "")) {
      const before = this.at;
      if (open === "{") this.member();
      else this.value(depth + 1);
      if (this.text[this.at] === ",") this.at++;
      this.pass();
      if (this.at === before) break;
    }
    this.at++;
  }

  private member() {
    const end = match(string, this.text, this.at);
    const name = this.text.slice(this.at + 1, end - 1);
    this.at = end;
    this.pass();
    this.at++; // the colon
    this.pass();
    const begin = this.at;
    this.at = skip(this.text, begin);
    if (name === this.key) {
      this.parts.push(this.text.slice(this.copied, begin));
      this.parts.push(JSON.stringify(this.text.slice(begin, this.at)));
      this.copied = this.at;
    }
    this.pass();
  }
}

// Returns `text`, a JSON object or an array of them, with the value of each
// member `key` of these objects replaced by a string that holds its text.
export function quoteRaw(text: string, key: string): string {
  return new Quoter(text, key).run();
}
