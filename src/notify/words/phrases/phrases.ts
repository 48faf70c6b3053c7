import type { HouseLanguage } from '#contract/languages.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import type { Phrases } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { nl } from './nl.ts';

export const phrases: Readonly<Record<HouseLanguage, Phrases>> = { en, de, fr, es, nl };
