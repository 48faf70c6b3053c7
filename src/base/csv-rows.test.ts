import { describe, expect, it } from 'vitest';
import { csvLine } from './csv.ts';
import { readCsv } from './csv-rows.ts';
import type { CsvRow } from './csv-rows.ts';
import { decodeText } from './decode-text.ts';

function rowsOf(text: string): (readonly string[])[] {
  return [...readCsv(text)].flatMap((row) => (row.kind === 'row' ? [row.fields] : []));
}

describe('a CSV file', () => {
  it.each<[what: string, text: string, rows: string[][]]>([
    [
      'with commas',
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'of a German spreadsheet',
      'Name;Nummer\r\nOma;030',
      [
        ['Name', 'Nummer'],
        ['Oma', '030'],
      ],
    ],
    [
      'with tabs and the line ends of old Macs',
      'a\tb\rc\td\r',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'with commas, line breaks and quotation marks in fields',
      '"a,1","b\n2","c ""3"""\nd,e,f\n',
      [
        ['a,1', 'b\n2', 'c "3"'],
        ['d', 'e', 'f'],
      ],
    ],
    [
      'with a byte order mark and empty lines',
      '\ufeffa,b\n\n\n,\nc,d\n\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['with nothing in it', '', []],
  ])('%s is read', (_what, text, rows) => {
    expect(rowsOf(text)).toEqual(rows);
  });

  it('with a bad line loses that line alone, and says which it is', () => {
    const rows = [...readCsv('a,b\n"x\ny",2\n"c"d,e\nf,g\n"never closed,h\ni,j\n')];
    expect(rows).toEqual<CsvRow[]>([
      { kind: 'row', line: 1, fields: ['a', 'b'] },
      { kind: 'row', line: 2, fields: ['x\ny', '2'] },
      { kind: 'bad', line: 4, problem: 'it is not a row of a CSV file' },
      { kind: 'row', line: 5, fields: ['f', 'g'] },
      { kind: 'bad', line: 6, problem: 'a quotation mark is not closed' },
      { kind: 'row', line: 7, fields: ['i', 'j'] },
    ]);
  });

  it.each([
    ['a quotation mark in each line', '"x\n'.repeat(500_000)],
    ['doubled quotation marks', '""""x\n'.repeat(300_000)],
    ['one field for all', `"${'""'.repeat(500_000)}`],
    ['apostrophes and line breaks', `"${"'".repeat(3_000)}${'\n'.repeat(6_000)}"\n`.repeat(500)],
    ['half a million fields', ','.repeat(500_000)],
  ])('that is made to stop the house (%s) is read in no time', (_what, text) => {
    const from = performance.now();
    expect([...readCsv(text)].length).toBeLessThan(600_000);
    expect(performance.now() - from).toBeLessThan(5_000);
  });

  it.each(['=HYPERLINK("http://x.example")', "'=1", '\t=1', 'Mum;=1', '+14165550123', "D'Arcy", 'a,"b"\nc', ' spaced ', ''])(
    'gives %j back as it was written',
    (text) => {
      expect(rowsOf(csvLine(['x', text]))).toEqual([['x', text]]);
    },
  );
});

it.each<[what: string, bytes: Buffer]>([
  ['UTF-8', Buffer.from('Müller €')],
  ['UTF-8 with a byte order mark', Buffer.from('\ufeffMüller €')],
  ['UTF-16 of a spreadsheet', Buffer.from('\ufeffMüller €', 'utf16le')],
  ['the code page of Windows', Buffer.from([0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72, 0x20, 0x80])],
])('a name in %s is read as it was written', (_what, bytes) => {
  expect(decodeText(bytes)).toBe('Müller €');
});
