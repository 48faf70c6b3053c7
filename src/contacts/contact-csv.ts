import { csvLine, csvStart } from '#base/csv.ts';
import { readCsv } from '#base/csv-rows.ts';
import type { Contact, ContactNumber } from './contact.ts';
import { groupsOf } from './contact.ts';
import type { VcardReading } from './vcard-reader.ts';

type NumberColumn = { readonly at: number; readonly labelAt: number | undefined; readonly label: string };
type Columns = {
  readonly name: number | undefined;
  /** Given, then family name, where there is none for both. */
  readonly parts: readonly number[];
  readonly numbers: readonly NumberColumn[];
  readonly groups: number | undefined;
};

/** How Google separates several values of one field. */
const several = /\s*:::\s*/;
const between = ' ::: ';

/** The contacts of a CSV text: ours, Google's, Outlook's, or any whose first line names its columns; without names it is name and numbers. */
export function* readContactRows(text: string): Generator<VcardReading> {
  let columns: Columns | undefined;
  for (const row of readCsv(text)) {
    const { line } = row;
    if (row.kind === 'bad') {
      yield { kind: 'bad', line, problem: `This line cannot be read: ${row.problem}` };
      continue;
    }
    if (columns === undefined) {
      columns = columnsOf(row.fields);
      if (columns !== undefined) continue;
      columns = { name: 0, parts: [], groups: undefined, numbers: row.fields.slice(1).map((_, at) => plain(at + 1)) };
    }
    yield { kind: 'card', line, card: toCard(row.fields, columns) };
  }
}

function plain(at: number): NumberColumn {
  return { at, labelAt: undefined, label: '' };
}

/** Undefined where no column has numbers. */
function columnsOf(fields: readonly string[]): Columns | undefined {
  const names = fields.map((field) => field.trim().toLowerCase());
  const at = (...known: readonly string[]) => {
    const found = names.findIndex((name) => known.includes(name));
    return found === -1 ? undefined : found;
  };
  const isLabel = (name: string) => /\b(?:type|label|labels|typ)$/.test(name);
  const isNumber = (name: string) =>
    /phone|mobile|cell|number|telefon|handy|nummer|fax|pager|tel\b/.test(name) &&
    !isLabel(name) &&
    !/account|id number/.test(name);
  const numbers = names.flatMap((name, index): readonly NumberColumn[] => {
    if (!isNumber(name)) return [];
    const stem = name.replace(/\s*-?\s*value$/, '');
    const labelAt = at(`${stem} - type`, `${stem} - label`, `${stem} type`, `${stem} label`, `${stem} labels`);
    return [{ at: index, labelAt, label: labelOfColumn(stem) }];
  });
  if (numbers.length === 0) return undefined;
  const parts = [at('given name', 'first name', 'vorname'), at('family name', 'last name', 'nachname')];
  return {
    name: at('name', 'full name', 'display name', 'file as', 'anzeigename'),
    parts: parts.filter((one) => one !== undefined),
    numbers,
    groups: at('groups', 'group membership', 'labels', 'categories', 'gruppen', 'kategorien'),
  };
}

function labelOfColumn(name: string): string {
  if (/fax/.test(name)) return 'fax';
  if (/mobile|cell|handy/.test(name)) return 'mobile';
  return /\b(home|work|business|main|car)\b/.exec(name)?.[1] ?? '';
}

function toCard(fields: readonly string[], { name, parts, numbers, groups }: Columns) {
  const field = (at: number | undefined) => (at === undefined ? '' : (fields[at]?.trim() ?? ''));
  const found = numbers.flatMap(({ at, labelAt, label }): readonly ContactNumber[] => {
    const labels = field(labelAt).split(several);
    return field(at)
      .split(several)
      .map((number, index) => ({ number, label: labels[index]?.replace(/^\*\s*/, '').toLowerCase() || label }))
      .filter(({ number }) => number !== '');
  });
  const joined = parts
    .map(field)
    .filter((part) => part !== '')
    .join(' ');
  return { uid: undefined, name: field(name) || joined, numbers: found, groups: groupsIn(field(groups)) };
}

/** Google puts a star before its own groups, and one that everybody is in. */
function groupsIn(text: string): readonly string[] {
  return text
    .split(text.includes(':::') ? several : /\s*[;,]\s*/)
    .map((group) => group.replace(/^\*\s*/, '').trim())
    .filter((group) => group !== '' && group.toLowerCase() !== 'mycontacts');
}

/** Contacts as `readContactRows` reads them. */
export function* writeContactRows(contacts: Iterable<Contact>): Generator<string> {
  yield csvStart + csvLine(['name', 'groups', 'phone', 'phone labels']);
  for (const contact of contacts) {
    const numbers = contact.numbers.map(({ number }) => number).join(between);
    const labels = contact.numbers.map(({ label }) => label).join(between);
    yield csvLine([contact.name, groupsOf(contact).join(between), numbers, labels]);
  }
}
