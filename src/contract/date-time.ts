import { z } from 'zod';

/** RFC 3339 section 5.6, also where a `+` that was not escaped in a query arrived as a space. */
const written = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+\- ]\d\d:\d\d)$/;
const utc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d\.\d{3}Z$/;

/** A moment. Taken with any offset; from here on, and in every reply, in UTC: `2026-01-31T18:30:00.000Z`. */
export const isoDateTime = z
  .string()
  .overwrite(spellOut)
  .check(z.iso.datetime({ offset: true }))
  .overwrite(toUtc);

/** As every reply has it: where the moment exists, nothing is left to be done. */
function isUtc(text: string): boolean {
  return text.length === 24 && utc.test(text);
}

function spellOut(text: string): string {
  if (isUtc(text)) return text;
  const [, date = '', time = '', fraction = '', offset = ''] = written.exec(text) ?? [];
  if (date === '') return text;
  // A leap second, which JavaScript does not know, is the end of the second before.
  const end = time.endsWith(':60') ? `${time.slice(0, -2)}59.999` : `${time}${fraction}`;
  return `${date}T${end}${offset.toUpperCase().replace(' ', '+')}`;
}

function toUtc(text: string): string {
  if (isUtc(text)) return text;
  const at = Date.parse(text);
  return Number.isNaN(at) ? text : new Date(at).toISOString();
}
