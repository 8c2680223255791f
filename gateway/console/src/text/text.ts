// Texts of the console in the reader's language.
import { signal } from "@preact/signals";
import { en, type Key } from "./en.ts";

export type { Key };
export type Texts = Record<Key, string>;

// Each language has a file. Others than English are loaded when they are used.
export const languages = { en: "English", de: "Deutsch" };
export type Language = keyof typeof languages;

const loaders: Record<Language, () => Promise<Texts>> = {
  en: async () => en,
  de: async () => (await import("./de.ts")).de,
};

const texts = signal<Texts>(en);
export const language = signal<Language>("en");

export async function speak(wanted: Language) {
  texts.value = await loaders[wanted]();
  language.value = wanted;
  document.documentElement.lang = wanted;
}

// Returns the first language of the browser that the console has.
export function preferred(): Language {
  const known = navigator.languages.map((name) => name.slice(0, 2)).find((name) => name in languages);
  return (known as Language | undefined) ?? "en";
}

type Gaps = Record<string, string | number>;

export function t(key: Key, gaps: Gaps = {}): string {
  const text = texts.value[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (gap, name: string) => String(gaps[name] ?? gap));
}

// Returns the text for a number: `name`.one or `name`.other.
export function plural(name: string, count: number, gaps: Gaps = {}): string {
  const form = new Intl.PluralRules(language.value).select(count) === "one" ? "one" : "other";
  return t(`${name}.${form}` as Key, { count: count.toLocaleString(language.value), ...gaps });
}
