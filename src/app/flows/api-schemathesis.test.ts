import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apiClientsFolder, missingApiClients } from '#testing/api-clients/requirements.ts';
import { ApiHouse, run } from '#testing/harness/api-house.ts';

/** What a run of the whole API must leave alone. */
const excluded = {
  // These end the run's own access, or everybody's.
  ended: ['deleteApiToken', 'logIn', 'logOut', 'changeOwnPassword', 'endSession', 'endSessionsOfPerson'],
  // It knows no setup token, and is refused as a login is.
  once: ['runFirstSetup'],
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
  it.each([
    { who: 'an administrator', seconds: 60 },
    { who: 'a user', seconds: 30 },
  ])(
    'find no fault of the house and no reply that is not described, sent by $who',
    async ({ who, seconds }) => {
      await using house = await ApiHouse.start();
      const token = who === 'a user' ? house.userToken : house.token;
      const ran = await run(
        join(apiClientsFolder, 'bin/schemathesis'),
        [
          ...['run', join(import.meta.dirname, '../../../docs/openapi.json'), '--url', house.url],
          ...['-H', `Authorization: Bearer ${token}`, '--checks', checks.join(',')],
          ...['--seed', '1', '--max-time', String(seconds), '-n', '30', '--no-color'],
          ...Object.values(excluded).flatMap((ids) => ids.flatMap((id) => ['--exclude-operation-id', id])),
        ],
        { cwd: house.folder },
      );
      const access = 'Authentication failed|Rate limited';
      expect(ran.output).not.toMatch(new RegExp(who === 'a user' ? 'Rate limited' : access));
      expect(ran).toMatchObject({ status: 0 });
      const cases = Number(/(\d+) generated/.exec(ran.output.replaceAll(',', ''))?.[1]);
      expect(cases).toBeGreaterThan(300);
      // It may have lost its access on the way, and then everything would look right.
      expect((await fetch(`${house.url}/auth/me`, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(200);
    },
    300_000,
  );
});
