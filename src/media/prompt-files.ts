import { readFile } from 'node:fs/promises';
import type { PromptName } from '#calls/phrase.ts';

/** The languages in which the house has recorded words. */
export const promptLanguages = ['en', 'de', 'fr', 'es', 'nl'] as const;
export type PromptLanguage = (typeof promptLanguages)[number];

/** Where most people speak one of them; all others get English. */
const byCountry: Readonly<Record<PromptLanguage, readonly string[]>> = {
  en: [],
  de: ['DE', 'AT', 'CH', 'LI'],
  fr: ['FR', 'MC', 'LU'],
  es: ['ES', 'MX', 'AR', 'BO', 'CL', 'CO', 'CR', 'CU', 'DO', 'EC', 'GT', 'HN', 'NI', 'PA', 'PE', 'PY', 'SV', 'UY', 'VE'],
  nl: ['NL', 'BE', 'SR'],
};

/** Of a country (two letters), where the house names no language. */
export function languageOf(country: string): PromptLanguage {
  return promptLanguages.find((language) => byCountry[language].includes(country)) ?? 'en';
}

export const spokenDigits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
export type SpokenDigit = (typeof spokenDigits)[number];

/** Raw µ-law at 8 kHz, made by script/prompts. */
export function promptFile(language: PromptLanguage, name: PromptName | SpokenDigit): URL {
  return new URL(`prompts/${language}/${name}.ulaw`, import.meta.url);
}

/** The recorded words of one language, each read when it is first wanted. */
export class PromptFiles {
  readonly #language: PromptLanguage;
  readonly #read = new Map<string, Promise<Uint8Array>>();

  constructor(language: PromptLanguage) {
    this.#language = language;
  }

  /** Rejects where the file cannot be read. */
  get(name: PromptName | SpokenDigit): Promise<Uint8Array> {
    const known = this.#read.get(name);
    if (known !== undefined) return known;
    const reading = readFile(promptFile(this.#language, name));
    this.#read.set(name, reading);
    reading.catch(() => this.#read.delete(name));
    return reading;
  }
}
