import { describe, expect, it } from 'vitest';
import type { Card } from './contact.ts';
import { readVcards } from './vcard-reader.ts';

function cardsIn(text: string): readonly Card[] {
  return [...readVcards(text)].flatMap((reading) => (reading.kind === 'card' ? [reading.card] : []));
}

const google = [
  'BEGIN:VCARD',
  'VERSION:3.0',
  'FN:Anna Müller',
  'N:Müller;Anna;;;',
  'item1.TEL;type=CELL;type=pref:+49 170 1234567',
  'item1.X-ABLabel:_$!<Mobile>!$_',
  'item2.TEL:030 901820',
  'item2.X-ABLabel:Summer house',
  'TEL;TYPE="HOME,VOICE":030 901821',
  'TEL;TYPE=WORK,FAX:030 901822',
  'CATEGORIES:VIP,family',
  'PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD',
  ' 2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8Q',
  'UID:1',
  'END:VCARD',
];
const annas: Card = {
  uid: '1',
  name: 'Anna Müller',
  numbers: [
    { number: '+49 170 1234567', label: 'mobile' },
    { number: '030 901820', label: 'summer house' },
    { number: '030 901821', label: 'home' },
    { number: '030 901822', label: 'fax' },
  ],
  groups: ['VIP', 'family'],
};

describe('the cards of an address book', () => {
  it.each([
    ['Windows', '\r\n'],
    ['others', '\n'],
  ])('in version 3.0 are read with the line ends of %s', (_whose, end) => {
    expect(cardsIn(`\ufeff${google.join(end)}${end}`)).toEqual([annas]);
  });

  it('in version 4.0 are read', () => {
    const text =
      'BEGIN:VCARD\nVERSION:4.0\nORG:Acme\\, Inc;Sales\nTEL;VALUE=uri;TYPE="voice,home":tel:+1-212-555-0123;ext=45\nEND:VCARD\n';
    expect(cardsIn(text)).toEqual([
      { uid: undefined, name: 'Acme, Inc Sales', numbers: [{ number: '+1-212-555-0123;ext=45', label: 'home' }], groups: [] },
    ]);
  });

  it.each<[what: string, lines: string[], name: string]>([
    ['UTF-8', ['N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;;'], 'Jörg Müller'],
    ['another character set', ['FN;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:J=F6rg'], 'Jörg'],
    ['a soft line break', ['FN;CHARSET=UTF-8;QUOTED-PRINTABLE:J=C3=', '=B6rg'], 'Jörg'],
    ['a character set that there is not', ['FN;CHARSET=X-NONE;QUOTED-PRINTABLE:J=F6rg'], 'Jörg'],
    ['no encoding at all', ['N:Smith;John'], 'John Smith'],
  ])('of an old phone (2.1) are read, with %s', (_what, lines, name) => {
    const card = [
      'BEGIN:VCARD',
      'VERSION:2.1',
      ...lines,
      'TEL;CELL;PREF:+491701',
      'TEL;WORK;VOICE:0301',
      'PHOTO;JPEG;ENCODING=BASE64:',
    ];
    const text = [...card, ' /9j/4AAQSkZJRgABAQAAAQABAAD', '', 'END:VCARD', ...google].join('\r\n');
    const numbers = [
      { number: '+491701', label: 'mobile' },
      { number: '0301', label: 'work' },
    ];
    expect(cardsIn(text)).toEqual([{ uid: undefined, name, numbers, groups: [] }, annas]);
  });

  it('that cannot be read cost no other one, and are named with their line', () => {
    const broken = ['BEGIN:VCARD', 'VERSION:3.0', 'FN:Ben', 'this is nothing', 'END:VCARD'];
    const open = ['BEGIN:VCARD', 'VERSION:3.0', 'FN:Cora'];
    const readings = [...readVcards([...google, ...broken, ...open, ...google, 'stray text', ...open].join('\n'))];
    expect(readings.map(({ kind, line }) => [kind, line])).toEqual([
      ['card', 1],
      ['bad', 16],
      ['bad', 21],
      ['card', 24],
      ['bad', 40],
    ]);
  });

  it('are read without their pictures, however large these are', () => {
    const picture = ['PHOTO;ENCODING=b;TYPE=JPEG:', ...Array.from({ length: 40_000 }, () => ` ${'A'.repeat(74)}`)];
    expect(cardsIn([...google.slice(0, 11), ...picture, ...google.slice(13)].join('\r\n'))).toEqual([annas]);
  });

  it.each<[what: string, text: string]>([
    ['one card without an end', `BEGIN:VCARD\nVERSION:3.0\n${'NOTE:x\n'.repeat(500_000)}`],
    ['one line', `BEGIN:VCARD\nVERSION:3.0\nNOTE:${'x'.repeat(5_000_000)}\nEND:VCARD`],
    ['a hundred thousand beginnings', 'BEGIN:VCARD\n'.repeat(100_000)],
    ['a hundred thousand empty cards', 'BEGIN:VCARD\nEND:VCARD\n'.repeat(100_000)],
    ['thousands of numbers', `BEGIN:VCARD\nVERSION:3.0\n${'TEL:1\n'.repeat(9_000)}END:VCARD`],
    ['quoted parameters', `BEGIN:VCARD\nVERSION:3.0\nTEL;X="${'a;'.repeat(20_000)}":1\nEND:VCARD`],
    ['soft line breaks', `BEGIN:VCARD\nVERSION:2.1\nFN;QUOTED-PRINTABLE:${'=\n'.repeat(30_000)}\nEND:VCARD`],
    ['backslashes', `BEGIN:VCARD\nVERSION:3.0\nN:${'\\'.repeat(60_000)}\nEND:VCARD`],
  ])('made to stop the house (%s) are read in no time', (_what, text) => {
    const from = performance.now();
    for (const reading of readVcards(text)) if (reading.kind === 'bad') expect(reading.problem.length).toBeLessThan(300);
    expect(performance.now() - from).toBeLessThan(15_000);
  });
});
