import { expect, it } from 'vitest';
import { childHelp } from './child-help.ts';

const mum = { kind: 'person', id: 'person_mum' } as const;
const mobile = { kind: 'number', number: '+4917012345' } as const;

it('tells all parents of a child who calls help at once, phones and mobiles, whatever their switches say', () => {
  const help = childHelp({ line: { parents: [mum, mobile] }, name: 'Mia', number: '112', language: 'de' });
  expect(help?.plan).toMatchObject({ steps: [{ targets: [mum, mobile] }], ignoresDnd: true, ifNobody: 'alert' });
  // The digits one by one, as they are dialled.
  expect(help?.message).toEqual({ kind: 'text', text: 'Mia hat die 1 1 2 um Hilfe gerufen.', language: 'de' });
});

it('tells nobody where a child has no parents to tell', () => {
  expect(childHelp({ line: { parents: [] }, name: 'Mia', number: '112', language: 'en' })).toBeUndefined();
});
