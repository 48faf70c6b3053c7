import { expect, test } from 'vitest';
import { cutText } from '#contract/cut-text.ts';
import { fitTranscripts } from './voicemail-summary.ts';

const summary = (transcript: string, name = 'Anna') => ({
  id: 'vm_1',
  caller: '+14165550123',
  name,
  at: '2026-11-30T10:00:00.000Z',
  seconds: 7,
  transcript,
});
const bytes = (voicemails: unknown) => Buffer.byteLength(JSON.stringify({ voicemails }));

test('ten transcripts of ten minutes fit into what Home Assistant keeps, each with its beginning', () => {
  const fitted = fitTranscripts(Array.from({ length: 10 }, (_, index) => summary(`${index} ${'ä"😀'.repeat(3000)}`)));
  expect(bytes(fitted)).toBeLessThanOrEqual(12 * 1024);
  expect(bytes(fitted)).toBeGreaterThan(11 * 1024);
  for (const [index, { transcript }] of fitted.entries()) expect(transcript).toMatch(new RegExp(`^${index} ä.*…$`));
});

test('a long transcript takes nothing from short ones', () => {
  const [long, short] = fitTranscripts([summary('word '.repeat(5000)), summary('Please call me back.')]);
  expect(short?.transcript).toBe('Please call me back.');
  expect(long?.transcript.length).toBeGreaterThan(10_000);
  expect(long?.transcript.endsWith('word…')).toBe(true);
});

test('what fits stays whole, and names cannot fill it either', () => {
  const whole = [summary('Hello'), summary('')];
  expect(fitTranscripts(whole)).toEqual(whole);
  expect(
    bytes(fitTranscripts(Array.from({ length: 10 }, () => summary('x'.repeat(20_000), 'ü'.repeat(2000))))),
  ).toBeLessThanOrEqual(12 * 1024);
});

test.each([
  ['short', 10, 'short'],
  ['exactly', 7, 'exactly'],
  ['too long', 5, 'too…'],
  ['ab😀cd', 4, 'ab…'],
  ['ab😀cd', 5, 'ab😀…'],
])('%s cut to %i is %s', (text, length, cut) => {
  expect(cutText(text, length)).toBe(cut);
});
