import type { CallId, PersonId } from '#base/ids.ts';
import { expect, test } from 'vitest';
import { personsOfCall } from './persons-of-call.ts';

type Legs = readonly { readonly personId: PersonId | undefined }[];

const ongoing = new Map<CallId, { readonly legs: Legs }>([
  [
    'call_1',
    { legs: [{ personId: 'person_anna' }, { personId: undefined }, { personId: 'person_anna' }, { personId: 'person_ben' }] },
  ],
]);
const written = new Map<CallId, Legs>([
  ['call_1', [{ personId: 'person_anna' }]],
  ['call_2', [{ personId: 'person_ben' }, { personId: undefined }]],
]);
const deps = { calls: ongoing, cdrs: { legsOf: (callId: CallId) => written.get(callId) ?? [] } };

test.each<[string, CallId, readonly PersonId[]]>([
  ['of a call that goes on: by the legs it has now', 'call_1', ['person_anna', 'person_ben']],
  ['of a call that is over: by the legs of its record', 'call_2', ['person_ben']],
  ['of a call without a record', 'call_3', []],
])('the persons %s', (_of, callId, persons) => {
  expect(personsOfCall(callId, deps)).toEqual(persons);
});
