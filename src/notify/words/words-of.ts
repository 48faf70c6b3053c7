// Owns the words that the panel and notifications share: why a call ended, what is wrong in the house.
import { alertWords as deAlerts } from '#contract/alert-words/de.ts';
import { alertWords as enAlerts } from '#contract/alert-words/en.ts';
import { alertWords as esAlerts } from '#contract/alert-words/es.ts';
import { alertWords as frAlerts } from '#contract/alert-words/fr.ts';
import { alertWords as nlAlerts } from '#contract/alert-words/nl.ts';
import { reasonWords as deReasons } from '#contract/reason-words/de.ts';
import { reasonWords as enReasons } from '#contract/reason-words/en.ts';
import { reasonWords as esReasons } from '#contract/reason-words/es.ts';
import { reasonWords as frReasons } from '#contract/reason-words/fr.ts';
import { reasonWords as nlReasons } from '#contract/reason-words/nl.ts';
import type { HouseLanguage } from '#contract/languages.ts';

type SharedWords = Readonly<Record<string, string>>;

const shared: Readonly<Record<HouseLanguage, SharedWords>> = {
  en: { ...enAlerts, ...enReasons },
  de: { ...deAlerts, ...deReasons },
  fr: { ...frAlerts, ...frReasons },
  es: { ...esAlerts, ...esReasons },
  nl: { ...nlAlerts, ...nlReasons },
};

/** The words of a key with `{name}` filled in; what has no words is said by its name. */
export function sharedWords(key: string, language: HouseLanguage, values: Readonly<Record<string, string>> = {}): string {
  const text = Object.hasOwn(shared[language], key) ? shared[language][key] : undefined;
  if (text === undefined) return key.slice(key.lastIndexOf('.') + 1);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
