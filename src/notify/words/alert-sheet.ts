import { alertValueForms } from '#contract/alert-words/value-forms.ts';
import type { Told } from '../kinds/content.ts';
import { moment, shortMoment, tagOf } from './moments.ts';
import type { Reader } from './moments.ts';
import { phrases } from './phrases/phrases.ts';
import { fitted, isolated, oneLine } from './plain-text.ts';
import { maxName } from './sheet.ts';
import type { Sheet } from './sheet.ts';
import { sharedWords } from './words-of.ts';

type ToldAlert = Extract<Told, { kind: 'alert' }>;

const maxAbouts = 10;
/** What an alert is about may be an id, which says nothing to a person. */
const id = /^[a-z]+_[0-9a-f-]{16,}$/;

export function alertSheet(told: ToldAlert, reader: Reader): Sheet {
  const words = phrases[reader.language];
  const title = titleOf(told, reader);
  const isOver = told.until !== undefined;
  const since = words.since(moment(told.since, reader));
  const notes = told.digest !== undefined ? digestNotes(told.digest, reader) : isOver ? [] : [textOf(told, reader)];
  const over = told.until === undefined ? since : words.fromTo(moment(told.since, reader), moment(told.until, reader));
  return {
    title: (max) => fitted((one) => (isOver ? words.title.over(one) : one), title, max),
    who: '',
    heading: isOver ? words.title.over(title) : title,
    lines: told.digest === undefined ? [over] : [],
    quote: undefined,
    notes,
    short: notes.length === 0 ? over : notes.join(' '),
    link: { label: words.link.alerts, page: 'alerts' },
  };
}

function titleOf({ alertId, about }: ToldAlert, reader: Reader): string {
  return sharedWords(`alert.${alertId}`, reader.language, { about: spoken(alertId, about, reader) });
}

/** What it is about and what helps. */
function textOf({ alertId, about, values }: ToldAlert, reader: Reader): string {
  const said = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, spoken(name, value, reader)]));
  const key = values['others'] === undefined ? `alert.${alertId}.text` : 'alert.login-locked.others';
  return sharedWords(key, reader.language, { ...said, about: spoken(alertId, about, reader) });
}

function digestNotes({ count, abouts }: NonNullable<ToldAlert['digest']>, reader: Reader): readonly string[] {
  const words = phrases[reader.language];
  const named = abouts.filter((one) => !id.test(one)).map((one) => isolated(one, maxName));
  const shown = named.slice(0, maxAbouts).join(', ');
  const more = count - Math.min(named.length, maxAbouts);
  const among = named.length === 0 ? [] : [`${words.among(more > 0 ? `${shown} ${words.more(more)}` : shown)}.`];
  return [words.digest(words.times(count)), ...among];
}

function spoken(name: string, value: string | number, reader: Reader): string {
  const form = alertValueForms[name];
  const at = form === 'time' ? Date.parse(String(value)) : Number.NaN;
  if (!Number.isNaN(at)) return shortMoment(at, reader);
  if (typeof value === 'number' && form === undefined) return new Intl.NumberFormat(tagOf(reader)).format(value);
  const text = reader.showNumber(oneLine(String(value), maxName));
  return form === undefined || form === 'name' || form === 'time'
    ? isolated(text, maxName)
    : sharedWords(`${form}${text}`, reader.language);
}
