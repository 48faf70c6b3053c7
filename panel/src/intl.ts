// Owns the formatters of the browser, each made once: making one takes as long as a thousand times using it.
// Called by whatever writes a time, a number or a list in the language of the person.

const made = new Map<string, unknown>();

function once<Formatter>(key: string, make: () => Formatter): Formatter {
  const known = made.get(key) as Formatter | undefined;
  const formatter = known ?? make();
  if (known === undefined) made.set(key, formatter);
  return formatter;
}

/** `tag`: BCP 47. Throws a RangeError for a time zone that the browser does not know. */
export function dateFormat(tag: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return once(`date ${tag} ${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(tag, options));
}

export function numberFormat(tag: string, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  return once(`number ${tag} ${JSON.stringify(options)}`, () => new Intl.NumberFormat(tag, options));
}

export function listFormat(tag: string, type: Intl.ListFormatType = 'conjunction'): Intl.ListFormat {
  return once(`list ${tag} ${type}`, () => new Intl.ListFormat(tag, { type }));
}

export function pluralRules(tag: string): Intl.PluralRules {
  return once(`plural ${tag}`, () => new Intl.PluralRules(tag));
}

/** `yesterday`, where there is a word for it. */
export function relativeFormat(tag: string): Intl.RelativeTimeFormat {
  return once(`relative ${tag}`, () => new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }));
}

/** Throws a RangeError from `of` for what is no code. */
export function nameFormat(tag: string, type: 'language' | 'region'): Intl.DisplayNames {
  return once(`name ${tag} ${type}`, () => new Intl.DisplayNames(tag, { type }));
}
