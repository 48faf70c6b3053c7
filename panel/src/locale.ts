import { houseLanguages } from '#contract/languages.ts';
import type { HouseLanguage } from '#contract/languages.ts';
import { firstWeekday } from './first-weekday.ts';
import type { HomeAssistantLocale } from './home-assistant.ts';

/** How the person reads: the language of the words, and what Intl needs for times and numbers. */
export type Locale = {
  readonly language: HouseLanguage;
  /** BCP 47, such as `en-GB`. */
  readonly tag: string;
  readonly hour12: boolean | undefined;
  readonly timeZone: string | undefined;
  /** Of a week as it is shown; Monday is 1. */
  readonly firstWeekday: number;
};

/** The first of the wanted languages that the panel speaks; English where it speaks none. */
export function pickLanguage(wanted: readonly string[]): HouseLanguage {
  for (const tag of wanted) {
    const found = houseLanguages.find((one) => tag.toLowerCase().split(/[-_]/)[0] === one);
    if (found !== undefined) return found;
  }
  return 'en';
}

export type LocaleSources = {
  readonly homeAssistant: HomeAssistantLocale | undefined;
  readonly timeZone: string | undefined;
  /** Of the browser, the one it likes best first. */
  readonly browser: readonly string[];
};

/** What Home Assistant knows of the person comes before what the browser does. */
export function localeOf({ homeAssistant, timeZone, browser }: LocaleSources): Locale {
  const wanted = homeAssistant === undefined ? browser : [homeAssistant.language, ...browser];
  const language = pickLanguage(wanted);
  const format = homeAssistant?.time_format;
  // The country of the browser counts where it speaks the same language.
  const tag = wanted.find((one) => pickLanguage([one]) === language && one.toLowerCase().startsWith(language)) ?? language;
  return {
    language,
    tag,
    hour12: format === '12' ? true : format === '24' ? false : undefined,
    timeZone,
    firstWeekday: firstWeekday(tag, homeAssistant?.first_weekday),
  };
}
