import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { apiClientsFolder, missingApiClients } from '#testing/api-clients/requirements.ts';
import { ApiHouse, run } from '#testing/harness/api-house.ts';
import type { Ran } from '#testing/harness/api-house.ts';

/** What a run of the whole API must leave alone. */
const excluded = {
  // These end the run's own access, or everybody's.
  ended: ['deleteApiToken', 'logIn', 'logOut', 'changeOwnPassword', 'endSession', 'endSessionsOfPerson'],
  // It knows no setup token, and is refused as a login is.
  once: ['runFirstSetup'],
  // What asks Twilio, Home Assistant or another server outside has no place in a test.
  outside: [
    'validateTwilio',
    'provisionTwilio',
    'undoTwilio',
    'deferMessages',
    'testTwilio',
    'getTwilioSetup',
    'syncNumbers',
    'refreshSpamList',
    'installBlueprint',
    'createTrunk',
    'changeTrunk',
    'checkTrunk',
    'startTrunkTestCall',
  ],
  // It can make no sound; and a stream of events stays open.
  unreadable: ['setGreetingAudio', 'uploadMessageMedia', 'liveEvents'],
};

const description = join(import.meta.dirname, '../../../docs/openapi.json');

type Operation = { readonly responses: Readonly<Record<string, unknown>> };
type Description = { readonly paths: Readonly<Record<string, { readonly get?: Operation }>> };

const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

type Trial = { readonly house: ApiHouse; readonly token: string; readonly description: string; readonly more: readonly string[] };

/** Counted, not timed: a slow machine tries the same. */
function trial({ house, token, description, more }: Trial): Promise<Ran> {
  const args = [
    ...['run', description, '--url', house.url, '-H', `Authorization: Bearer ${token}`],
    ...['--checks', checks.join(','), '--phases', 'fuzzing,stateful', '--seed', '1', '--no-color', ...more],
  ];
  return run(join(apiClientsFolder, 'bin/schemathesis'), args, { cwd: house.folder });
}

describe.skipIf(missingApiClients() !== undefined)('requests made from the description', () => {
  it.each([
    { who: 'an administrator', examples: 6 },
    { who: 'a user', examples: 3 },
  ])(
    'find no fault of the house and no reply that is not described, sent by $who',
    async ({ who, examples }) => {
      await using house = await ApiHouse.start();
      const token = who === 'a user' ? house.userToken : house.token;
      const left = Object.values(excluded).flatMap((ids) => ids.flatMap((id) => ['--exclude-operation-id', id]));
      const ran = await trial({ house, token, description, more: ['-n', String(examples), ...left] });
      const access = 'Authentication failed|Rate limited';
      expect(ran.output).not.toMatch(new RegExp(who === 'a user' ? 'Rate limited' : access));
      expect(ran).toMatchObject({ status: 0 });
      const [, selected = '', tested] = /Selected: (\d+)\/\d+\s+Tested: (\d+)/.exec(ran.output) ?? [];
      expect(tested).toBe(selected);
      const cases = Number(/(\d+) generated/.exec(ran.output.replaceAll(',', ''))?.[1]);
      expect(cases).toBeGreaterThan(300);
      // It may have lost its access on the way, and then everything would look right.
      expect((await fetch(`${house.url}/auth/me`, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(200);
    },
    600_000,
  );

  it('find a fault of the house, and a reply that is not described', async () => {
    await using house = await ApiHouse.start();
    const db = new SqliteDatabase(join(house.folder, 'gosip.db'));
    db.exec('ALTER TABLE spam_lists RENAME TO lost');
    db.close();
    const other = join(house.folder, 'openapi.json');
    const { paths, ...rest } = JSON.parse(readFileSync(description, 'utf8')) as Description;
    const { '200': users, ...refusals } = paths['/users']?.get?.responses ?? {};
    const described = { ...paths, '/users': { get: { ...paths['/users']?.get, responses: { ...refusals, '206': users } } } };
    writeFileSync(other, JSON.stringify({ ...rest, paths: described }));
    const only = ['listPeople', 'listSpamLists'].flatMap((id) => ['--include-operation-id', id]);
    const ran = await trial({ house, token: house.token, description: other, more: ['-n', '6', ...only] });
    expect(ran.status).toBe(1);
    expect(ran.output).toContain('Server error');
    expect(ran.output).toContain('Undocumented status code');
  }, 600_000);
});
