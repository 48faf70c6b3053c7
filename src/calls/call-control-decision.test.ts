import { describe, expect, it } from 'vitest';
import { AppError } from '#base/errors.ts';
import type { DeviceId, PersonId } from '#base/ids.ts';
import type { Party } from './call.ts';
import { assertMayEnd, leavingRole, refusalError } from './call-control-decision.ts';
import type { Verdict } from './verdict.ts';

const phone = (id: string, person?: string): Party => ({
  deviceId: `device_${id}` as DeviceId,
  personId: person as PersonId | undefined,
  number: id,
  name: id,
});
const outside: Party = { deviceId: undefined, personId: undefined, number: '+14165550123', name: '' };
const errorOf = (run: () => unknown): string => {
  try {
    return `${String(run())}`;
  } catch (error) {
    return error instanceof AppError ? `${error.code} ${error.details.map(({ field }) => field).join()}`.trim() : String(error);
  }
};

describe('who leaves a call that is transferred', () => {
  const inbound = { caller: outside, callee: phone('21', 'eva') };
  const between = { caller: phone('20', 'tom'), callee: phone('21', 'eva') };
  it.each([
    ['the only phone of the house', inbound, { person: 'eva' }, 'callee'],
    ['the only phone of the house, for an administrator', inbound, {}, 'callee'],
    ['the phone of the person who asks', between, { person: 'tom' }, 'caller'],
    ['the phone that is named', between, { device: 'device_21' }, 'callee'],
    ['nobody, where both could', between, {}, 'invalid deviceId'],
    ['nobody, where another person’s phone is named', between, { person: 'tom', device: 'device_21' }, 'invalid deviceId'],
    ['nobody, where no phone of the house takes part', { caller: outside, callee: outside }, {}, 'conflict'],
  ])('%s', (_case, record, { person, device }: { person?: string; device?: string }, expected) => {
    const asked = { personId: person as PersonId | undefined, deviceId: device as DeviceId | undefined };
    expect(errorOf(() => leavingRole(record, asked))).toBe(expected);
  });
});

describe('a call that another person’s phone has answered', () => {
  const record = { caller: outside, callee: phone('21', 'eva'), answeredAt: 1 };
  const by = (personId: string | undefined) => ({ id: 'person_1' as PersonId, personId: personId as PersonId | undefined });
  it.each([
    ['is not ended by whoever’s phone only rang', record, 'tom', 'forbidden'],
    ['is ended by whoever answered', record, 'eva', 'undefined'],
    ['is ended by an administrator', record, undefined, 'undefined'],
    ['is ended by whoever it rings at, as long as it rings', { ...record, answeredAt: undefined }, 'tom', 'undefined'],
  ])('%s', (_case, given, person, expected) => expect(errorOf(() => assertMayEnd(given, by(person)))).toBe(expected));
});

it.each<[Verdict, string]>([
  [{ disposition: 'failed', reason: 'unknown-number' }, 'invalid to'],
  [{ disposition: 'failed', reason: 'calling-itself' }, 'invalid to'],
  [{ disposition: 'failed', reason: 'too-many-calls' }, 'unavailable'],
  [{ disposition: 'failed', reason: 'destination-not-allowed' }, 'conflict'],
  [{ disposition: 'missed', reason: 'offline' }, 'conflict'],
])('a call that is refused as %o is an error that says why', (verdict, expected) => {
  expect(
    errorOf(() => {
      throw refusalError(verdict);
    }),
  ).toBe(expected);
});
