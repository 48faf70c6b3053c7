import { readFile } from 'node:fs/promises';
import type { PromptName } from '#calls/phrase.ts';
import type { HouseLanguage } from '#contract/languages.ts';

export const spokenDigits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
export type SpokenDigit = (typeof spokenDigits)[number];

/** Raw µ-law at 8 kHz, made by script/prompts. */
export function promptFile(language: HouseLanguage, name: PromptName | SpokenDigit): URL {
  return new URL(`prompts/${language}/${name}.ulaw`, import.meta.url);
}

/** The recorded words of one language, each read when it is first wanted. */
export class PromptFiles {
  readonly #language: HouseLanguage;
  readonly #read = new Map<string, Promise<Uint8Array>>();

  constructor(language: HouseLanguage) {
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
