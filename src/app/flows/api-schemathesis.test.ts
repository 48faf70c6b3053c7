import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiClientsFolder, missingApiClients } from '#testing/api-clients/requirements.ts';
import { ApiHouse, run } from '#testing/harness/api-house.ts';

const seconds = 90;

/** What a run of the whole API must leave alone. */
const excluded = {
  // These end the run's own access, or everybody's.
  ended: ['deleteApiToken', 'logIn', 'logOut', 'changeOwnPassword', 'endSession', 'endSessionsOfPerson'],
  // What asks Twilio or another server outside has no place in a test.
  outside: [
    'validateTwilio',
    'provisionTwilio',
    'undoTwilio',
    'deferMessages',
    'testTwilio',
    'getTwilioSetup',
    'syncNumbers',
    'refreshSpamList',
  ],
  // It can make no sound; and a stream of events stays open.
  unreadable: ['setGreetingAudio', 'uploadMessageMedia', 'liveEvents'],
};

const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

describe.skipIf(missingApiClients() !== undefined)('thousands of requests made from the description', () => {
  let house: ApiHouse;
  beforeAll(async () => {
    house = await ApiHouse.start();
  });
  afterAll(() => house[Symbol.asyncDispose]());

  it(
    'find no fault of the house and no reply that is not described',
    async () => {
      const ran = await run(
        join(apiClientsFolder, 'bin/schemathesis'),
        [
          ...['run', join(import.meta.dirname, '../../../docs/openapi.json'), '--url', house.url],
          ...['-H', `Authorization: Bearer ${house.token}`, '--checks', checks.join(',')],
          ...['--seed', '1', '--max-time', String(seconds), '-n', '30', '--no-color'],
          ...Object.values(excluded).flatMap((ids) => ids.flatMap((id) => ['--exclude-operation-id', id])),
        ],
        { cwd: house.folder },
      );
      expect(ran.output).not.toMatch(/Authentication failed|Rate limited/);
      expect(ran).toMatchObject({ status: 0 });
      const cases = Number(/(\d+) generated/.exec(ran.output.replaceAll(',', ''))?.[1]);
      expect(cases).toBeGreaterThan(500);
    },
    (seconds + 120) * 1000,
  );
});
