// Owns the words on the screen: one file per language, loaded when it is spoken.
// Must stay true: no page holds words of its own; the language can change while the page is open.
import { clock } from './clock.ts';
import { homeAssistantLocale, homeAssistantTimeZone } from './home-assistant.ts';
import { numberFormat } from './intl.ts';
import { localeOf } from './locale.ts';
import type { Locale } from './locale.ts';
import { fill, pluralKey } from './phrase.ts';
import type { Values } from './phrase.ts';
import { Signal } from './signal.ts';
import type { StringKey, Strings } from './strings/en.ts';

const files: Readonly<Record<Locale['language'], () => Promise<Strings>>> = {
  en: () => import('./strings/en.ts').then(({ en }) => en),
  de: () => import('./strings/de.ts').then(({ de }) => de),
  fr: () => import('./strings/fr.ts').then(({ fr }) => fr),
  es: () => import('./strings/es.ts').then(({ es }) => es),
  nl: () => import('./strings/nl.ts').then(({ nl }) => nl),
};

const retryMs = 2_000;
let strings: Strings | undefined;
let spoken = '';
/** Of the words that are loaded. */
export const locale = new Signal<Locale>(wantedLocale());

function wantedLocale(): Locale {
  return localeOf({ homeAssistant: homeAssistantLocale(), timeZone: homeAssistantTimeZone(), browser: navigator.languages });
}

/** Loads the words of the language that is wanted now; again whenever it may have changed. */
export async function loadWords(): Promise<void> {
  const wanted = wantedLocale();
  const key = JSON.stringify(wanted);
  if (key === spoken) return;
  spoken = key;
  const loaded = await stringsOf(wanted.language);
  if (key !== spoken) return;
  strings = loaded;
  document.documentElement.lang = wanted.language;
  locale.value = wanted;
}

/** Goes on trying while the house does not answer: without words there is nothing to see. */
async function stringsOf(language: Locale['language']): Promise<Strings> {
  for (;;) {
    try {
      return await files[language]();
    } catch {
      await new Promise<void>((resolve) => clock.after(retryMs, resolve));
    }
  }
}

/** Whether there is anything to say it with yet. */
export function hasWords(): boolean {
  return strings !== undefined;
}

/** The words of a key, with `{name}` filled in. Whatever is filled in is text: lit escapes it. */
export function t(key: StringKey, values: Values = {}): string {
  return fill(strings?.[key] ?? key, values);
}

/** The form of a plural that fits `count`: `key.one`, `key.other`. */
export function tn(key: PluralKey, count: number, values: Values = {}): string {
  return t(pluralKey(key, count, locale.value.tag) as StringKey, {
    count: numberFormat(locale.value.tag).format(count),
    ...values,
  });
}

type PluralKey = StringKey extends infer Key ? (Key extends `${infer Stem}.other` ? Stem : never) : never;
