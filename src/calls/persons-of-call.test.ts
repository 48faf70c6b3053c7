import { expect, test } from 'vitest';
import { personsOfCall } from './persons-of-call.ts';

const ongoing = new Map([
  ['call_1', { legs: [{ personId: 'anna' }, { personId: undefined }, { personId: 'anna' }, { personId: 'ben' }] }],
]);
const written = new Map([
  ['call_1', [{ personId: 'anna' }]],
  ['call_2', [{ personId: 'ben' }, { personId: undefined }]],
]);
const deps = { calls: ongoing, cdrs: { legsOf: (callId: string) => written.get(callId) ?? [] } };

test.each([
  ['of a call that goes on: by the legs it has now', 'call_1', ['anna', 'ben']],
  ['of a call that is over: by the legs of its record', 'call_2', ['ben']],
  ['of a call without a record', 'call_3', []],
])('the persons %s', (_of, callId, persons) => {
  expect(personsOfCall(callId, deps)).toEqual(persons);
});
