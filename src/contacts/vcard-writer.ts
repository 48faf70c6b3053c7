import type { Contact } from './contact.ts';
import { groupsOf } from './contact.ts';

/** RFC 2426 section 2.6. */
const maxLineBytes = 75;

/** Contacts as vCard 3.0 (RFC 2426), which every address book reads. */
export function* writeVcards(contacts: Iterable<Contact>): Generator<string> {
  for (const contact of contacts) yield writeVcard(contact);
}

function writeVcard(contact: Contact): string {
  const { name, numbers, uid, id } = contact;
  const groups = groupsOf(contact);
  const lines = [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `UID:${escape(uid ?? id)}`,
    `FN:${escape(name)}`,
    `N:${escape(name)};;;;`,
    ...numbers.map(({ number, label }) => `TEL;TYPE=${typeOf(label)}:${number}`),
    ...(groups.length === 0 ? [] : [`CATEGORIES:${groups.map(escape).join(',')}`]),
    'END:VCARD',
  ];
  return lines.map((line) => `${fold(line)}\r\n`).join('');
}

function typeOf(label: string): string {
  if (label === 'mobile') return 'CELL';
  return ['home', 'work', 'fax', 'car', 'pager'].includes(label) ? label.toUpperCase() : 'VOICE';
}

function escape(text: string): string {
  return text.replaceAll(/[\\;,]/g, '\\$&').replaceAll(/\r\n?|\n/g, '\\n');
}

/** Between characters: a name must not be torn inside one. */
function fold(line: string): string {
  let folded = '';
  let bytes = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (bytes + size > maxLineBytes) {
      folded += '\r\n ';
      bytes = 1;
    }
    folded += character;
    bytes += size;
  }
  return folded;
}
