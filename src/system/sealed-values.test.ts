import { expect, test } from 'vitest';
import { sealedProblem } from './sealed-values.ts';

const path = '/data/gosip.key';
const opened = {
  origin: 'found',
  path,
  phones: [],
  isTwilioLocked: false,
  spamLists: [],
  addressBooks: [],
  destinations: [],
  trunks: [],
  channels: [],
  targets: [],
} as const;

test('a key that opens everything is no problem, also a new one', () => {
  expect(sealedProblem(opened)).toBeUndefined();
  expect(sealedProblem({ ...opened, origin: 'missing' })).toBeUndefined();
});

test.each([
  ['found', 'is not the one that belongs to the database'],
  ['missing', 'was missing, and a new one was made'],
  ['damaged', 'was damaged, and a new one was made'],
] as const)('a key that was %s and does not open the credentials of Twilio takes the trunk down', (origin, what) => {
  const problem = sealedProblem({ ...opened, origin, isTwilioLocked: true });
  expect(problem?.status).toBe('down');
  expect(problem?.message).toContain(`The key file ${path} ${what}: key lost. It does not open the credentials of Twilio`);
  expect(problem?.message).toContain('enter the credentials of Twilio anew');
});

test('phones whose passwords are lost are named, the first five, and go on ringing', () => {
  const problem = sealedProblem({ ...opened, phones: ['A', 'B', 'C', 'D', 'E', 'F', 'G'] });
  expect(problem?.status).toBe('degraded');
  expect(problem?.message).toContain('the passwords of A, B, C, D, E and 2 more (they go on ringing)');
  expect(problem?.message).toContain('make or enter them anew where you need them');
  expect(sealedProblem({ ...opened, phones: ['A', 'B', 'C', 'D', 'E'] })?.message).toContain('of A, B, C, D, E (they');
});

test('every other secret that is lost is counted too, and named', () => {
  const problem = sealedProblem({
    ...opened,
    spamLists: ['Reported'],
    addressBooks: ['Cloud', 'Work'],
    channels: ['Mail'],
    targets: ['Phone of Anna'],
    destinations: ['Lights'],
  });
  expect(problem).toMatchObject({
    status: 'degraded',
    message: expect.stringContaining(
      'It does not open the passwords of the address books Cloud, Work (they are not read), ' +
        'the tokens of the spam lists Reported (they are not fetched), the secrets of Mail (no notification goes out by them), ' +
        'where Phone of Anna are reached (nothing is told there) and the secrets of the webhooks Lights. Put the gosip.key',
    ) as string,
  });
});
