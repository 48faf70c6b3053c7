import { nameFormat } from './intl.ts';
/** What a text may be read in. */
const languages = [
  'en-US',
  'en-GB',
  'en-CA',
  'de-DE',
  'fr-FR',
  'fr-CA',
  'es-ES',
  'es-MX',
  'nl-NL',
  'it-IT',
  'pt-PT',
  'pt-BR',
  'pl-PL',
  'da-DK',
  'sv-SE',
] as const;

/** To choose from, in the reader’s words; with the one that is chosen, whichever that is. `house`: the words for the house’s own. */
export function languageChoices(
  tag: string,
  house: string,
  chosen: string,
): readonly { readonly value: string; readonly text: string }[] {
  const all = chosen === '' || languages.some((one) => one === chosen) ? languages : [...languages, chosen];
  const names = nameFormat(tag, 'language');
  const choices = all.map((value) => ({ value, text: names.of(value) ?? value }));
  return [{ value: '', text: house }, ...choices.toSorted((one, other) => one.text.localeCompare(other.text, tag))];
}
