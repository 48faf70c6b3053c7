import { expect, test } from 'vitest';
import { z } from 'zod';
import { AppError, spokenError } from '#base/errors.ts';
import { bindCommand, command } from '#contract/command.ts';
import type { HouseLanguage } from '#contract/languages.ts';
import { spokenIn } from './spoken-command.ts';

const declaration = command('test', z.unknown());
const said = async (error: unknown, language: HouseLanguage) => {
  const failing = bindCommand(declaration, async () => {
    throw error;
  });
  return spokenIn(language, failing)
    .run({})
    .catch((caught: unknown) => (caught instanceof AppError ? `${caught.code}: ${caught.message}` : caught));
};
const words = { en: 'Nobody is there', de: 'Niemand ist da', fr: 'Personne', es: 'Nadie', nl: 'Niemand' };
const invalid = new AppError('invalid', 'The request is not valid', { details: [{ field: 'to', message: 'is no number' }] });

test.each<[string, unknown, HouseLanguage, string]>([
  ['with the words of the house', spokenError('not-found', words), 'de', 'not-found: Niemand ist da'],
  ['in English as it is', spokenError('not-found', words), 'en', 'not-found: Nobody is there'],
  ['in English with what is wrong', invalid, 'en', 'invalid: to is no number'],
  ['in the language of the house where it has no words of its own', invalid, 'fr', "invalid: Ce n'est pas possible"],
  ['by its kind', new AppError('unavailable', 'The disk is full'), 'nl', 'unavailable: Dat kan op dit moment niet'],
])('a refusal is said %s', async (_title, error, language, sentence) => {
  expect(await said(error, language)).toBe(sentence);
});

test('a fault of our own is passed on as it is', async () => {
  const fault = new Error('A fault on purpose');
  expect(await said(fault, 'de')).toBe(fault);
});

test('the request that a command answers is told to it', async () => {
  const seen: unknown[] = [];
  const answering = bindCommand(declaration, async (input, requestId) => (seen.push(input, requestId), {}));
  await spokenIn('en', answering).run({ a: 1 }, 'abc');
  expect(seen).toEqual([{ a: 1 }, 'abc']);
});
