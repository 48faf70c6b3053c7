import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiHouse, run } from '#testing/harness/api-house.ts';

const text = readFileSync(join(import.meta.dirname, '../../../docs/api.md'), 'utf8');
const requests = [...text.matchAll(/^curl .*$/gm)].map(([line]) => line);

describe('docs/api.md', () => {
  let house: ApiHouse;
  beforeAll(async () => {
    house = await ApiHouse.start();
  });
  afterAll(() => house[Symbol.asyncDispose]());

  it('shows the ten most wanted requests, and live events', () => expect(requests).toHaveLength(11));

  it.each(requests)('shows what works: %s', async (line) => {
    const shown = `${line} -sS --fail-with-body -w '\\n%{http_code} %{content_type}'`;
    const ran = await run('sh', ['-c', shown], {
      cwd: house.folder,
      env: { ...process.env, GOSIP: house.url.replace(/\/api$/, ''), TOKEN: house.token },
    });
    const isStream = line.includes('/events');
    // A stream stays open until curl has waited long enough.
    expect({ line, ...ran }).toMatchObject({ line, status: isStream ? 28 : 0 });
    expect(ran.output).toMatch(isStream ? /\n200 text\/event-stream/ : /\n20[01] (application\/json|text\/csv); charset=utf-8$/);
    if (line.includes('-o calls.csv')) {
      const lines = readFileSync(join(house.folder, 'calls.csv'), 'utf8').trimEnd().split('\r\n');
      expect(lines).toHaveLength(41);
    }
  });
});
