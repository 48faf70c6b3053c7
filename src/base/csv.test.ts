import { describe, expect, it } from 'vitest';
import { csvLine, unguardCell } from './csv.ts';

describe('a line of CSV', () => {
  it('keeps numbers, truth and what is not there apart', () => {
    expect(csvLine(['plain', 12, -1.5, true, null, ''])).toBe('plain,12,-1.5,true,,""\r\n');
  });

  it.each([
    ['Mum, Dad', '"Mum, Dad"'],
    ['the "door"', '"the ""door"""'],
    ['two\nlines', '"two\nlines"'],
    [' edge ', '" edge "'],
    ['a;b', '"a;b"'],
    ['Ünïcode 電話', 'Ünïcode 電話'],
  ])('quotes what would end its cell: %j', (text, cell) => {
    expect(csvLine([text])).toBe(`${cell}\r\n`);
  });

  it.each(['+14165550123', '-3', '+1.5', '8005550199', '*21#', "O'Neil", 'a=b', 'a - b'])('leaves %s as it is', (text) => {
    expect(csvLine([text])).toBe(`${text}\r\n`);
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+1+1', "'+1+1"],
    ['-1+cmd', "'-1+cmd"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['＝1+1', "'＝1+1"],
    ['  =1+1', `"  '=1+1"`],
    ['\t=1', `"\t'=1"`],
    // Where the list separator is a semicolon, a comma begins no cell and a semicolon does, also inside quotes.
    ['Mum;=HYPERLINK("x")', `"Mum;'=HYPERLINK(""x"")"`],
    ['Mum";=1', `"Mum"";'=1"`],
    ['Mum;"=1', `"Mum;""'=1"`],
    ['two\n=lines', `"two\n'=lines"`],
    ["'=1", "''=1"],
  ])('is no formula for a spreadsheet: %j', (text, cell) => {
    expect(csvLine([text])).toBe(`${cell}\r\n`);
  });

  it.each([
    '=1',
    "'=1",
    "''=1",
    '\t=1',
    ' =1',
    'a;=1',
    'a;"=1',
    "it's",
    "'quoted'",
    'plain',
    '+14165550123',
    '',
    '\r\n=1',
    "\t'",
  ])('gives %j back to whoever reads it', (text) => {
    const cell = csvLine([text]).slice(0, -2);
    const read = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
    expect(unguardCell(read)).toBe(text);
  });
});
