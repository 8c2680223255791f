// The calls of the console as commands for a terminal.
import type { Call } from "./client.ts";

// A call, and what webhookctl calls it; "" if it has no such command.
export interface Command {
  call: Call;
  ctl: string;
}

export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

// Joins words for a shell.
export const words = (...all: string[]) => all.map(quoteWord).join(" ");

// `gateway` is the address of the API, with a slash at its end.
export function curl({ method, path, body, ifMatch, idempotencyKey }: Call, gateway: string): string {
  const verb = method === "GET" ? "" : `-X ${method} `;
  const lines = [
    `curl -sS --fail-with-body ${verb}${quoteWord(gateway + path)}`,
    `-H "x-api-key: $WEBHOOKS_KEY"`,
  ];
  if (ifMatch) lines.push(`-H ${quoteWord(`if-match: ${ifMatch}`)}`);
  if (idempotencyKey) lines.push(`-H ${quoteWord(`idempotency-key: ${idempotencyKey}`)}`);
  if (body !== undefined) {
    lines.push("-H 'content-type: application/json'", `-d ${quoteWord(body)}`);
  }
  return lines.join(" \\\n  ");
}
