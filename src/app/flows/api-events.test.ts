import { describe, expect, it } from 'vitest';
import { apiCall } from '#testing/harness/api-call.ts';
import { ApiHouse } from '#testing/harness/api-house.ts';

/** Reads live events until `part` has come, then breaks the line. */
async function listen(house: ApiHouse, token: string, { part, lastId = '' }: { part: string; lastId?: string }) {
  const leave = new AbortController();
  const headers = { Authorization: `Bearer ${token}`, ...(lastId === '' ? {} : { 'Last-Event-ID': lastId }) };
  const response = await fetch(`${house.url}/events`, { headers, signal: leave.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  while (!new RegExp(part, 's').test(seen)) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
    if (done) throw new Error(`The stream ended without ${part}: ${seen}`);
    seen += value;
  }
  leave.abort();
  return {
    names: [...seen.matchAll(/^event: (.+)$/gm)].map(([, name]) => name),
    lastId: [...seen.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? '',
    seen,
  };
}

describe('live events of a house', () => {
  it('tell a client whose line broke what it missed, and nothing of others, until the house restarts', async () => {
    await using house = await ApiHouse.start();
    const ask = apiCall(house.url.replace(/\/api$/, ''), house.token);
    const { id } = await ask<{ id: string }>('POST', '/users', { username: 'tom', name: 'Tom' });
    const { token } = await ask<{ token: string }>('POST', '/api-tokens', { name: 'Tom', personId: id });
    const before = await listen(house, token, { part: 'id: .*\n\n' });
    expect(before.names).toEqual([]);
    await ask('POST', '/devices', { name: 'Garage', type: 'softphone', extension: '30' });
    const own = await ask<{ id: string }>('POST', '/devices', {
      name: 'Bedroom',
      type: 'softphone',
      extension: '31',
      personId: id,
    });
    const resumed = await listen(house, token, { part: own.id, lastId: before.lastId });
    expect(resumed.names).toEqual(['device.created']);
    const admin = await listen(house, house.token, { part: own.id, lastId: before.lastId });
    expect(admin.names).toEqual(['device.created', 'device.created']);
    await using other = await ApiHouse.start();
    const after = await listen(other, other.token, { part: 'event: reset.*\n\n', lastId: resumed.lastId });
    expect(after.seen).toContain('data: {"reason":"restarted"}');
  });
});
