import { expect, test } from 'vitest';
import { AppError } from './errors.ts';
import { findByName, oneByName } from './find-by-name.ts';

const named = (name: string, id = name) => ({ id, name });
const people = ['Anna Meier', 'Anna Müller', 'Ben', 'Zoë', 'Grand-mère', 'Straßer', 'Grandma Ann'].map((name) => named(name));

test.each([
  ['ben', 'Ben'],
  ['  BEN ', 'Ben'],
  ['zoe', 'Zoë'],
  ['ZOË', 'Zoë'],
  ['grand mere', 'Grand-mère'],
  ['strasser', 'Straßer'],
  ['anna mu', 'Anna Müller'],
  ['meier', 'Anna Meier'],
  ['grandma', 'Grandma Ann'],
])('%s is %s', (asked, name) => {
  expect(findByName(people, asked)).toEqual({ kind: 'one', found: named(name) });
});

test.each([
  ['anna', ['Anna Meier', 'Anna Müller']],
  ['ann', ['Anna Meier', 'Anna Müller', 'Grandma Ann']],
])('%s may be several', (asked, names) => {
  expect(findByName(people, asked)).toEqual({ kind: 'several', found: names.map((name) => named(name)) });
});

test.each(['carl', '', '!?', 'meier anna', 'nna'])('nobody is called "%s"', (asked) => {
  expect(findByName(people, asked)).toEqual({ kind: 'none' });
});

test('a whole name is more than the beginning of a longer one, and an id more than any name', () => {
  const both = [named('Kitchen', 'dev_1'), named('Kitchen table', 'dev_2'), named('dev_1', 'dev_3')];
  expect(findByName(both, 'kitchen')).toEqual({ kind: 'one', found: both[0] });
  expect(findByName(both, 'dev_1')).toEqual({ kind: 'one', found: both[0] });
});

function spoken(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('Nothing that can be spoken was thrown');
}

test('what is not found, or found twice, is said with the choices there are, in each language', () => {
  const missing = spoken(() => oneByName(people, 'Carl'));
  expect(missing.code).toBe('not-found');
  expect(missing.words?.['de']).toBe('Carl gibt es nicht. Es gibt: Anna Meier, Anna Müller, Ben, Zoë, Grand-mère …');
  const twice = spoken(() => oneByName(people, 'anna'));
  expect([twice.code, twice.message]).toEqual(['conflict', 'anna may be several: Anna Meier, Anna Müller']);
  expect(Object.keys(twice.words ?? {})).toEqual(['en', 'de', 'fr', 'es', 'nl']);
  expect(spoken(() => oneByName([], 'Carl')).words?.['fr']).toBe("Carl n'existe pas");
});

test('who asks in Home Assistant is found by their user there, or told how to be known', () => {
  const user = '5923e5be36bc41cded351dd5f2a9d8b3';
  const anna = { ...named('Anna', 'person_1'), homeAssistantUserId: user };
  expect(oneByName([named('Ben'), anna], user)).toBe(anna);
  const { words } = spoken(() => oneByName([named('Ben')], user));
  expect(words?.en).toContain('Open GoSIP in Home Assistant once');
  expect(words?.en).not.toContain(user);
});
