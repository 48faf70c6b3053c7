import type { HouseLanguage } from './languages.ts';

/** One text in every language of the house. */
export type Words = Readonly<Record<HouseLanguage, string>>;
