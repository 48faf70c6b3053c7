import { describe, expect, it } from 'vitest';
import { apiCall } from '#testing/harness/api-call.ts';
import { ApiHouse } from '#testing/harness/api-house.ts';

type Made = { readonly id: string };

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

  it('tell of changes of lists exactly those who see them: what is the whole house’s everybody, what is a person’s that person', async () => {
    await using house = await ApiHouse.start();
    const base = house.url.replace(/\/api$/, '');
    const ask = apiCall(base, house.token);
    const { id: tomId } = await ask<Made>('POST', '/users', { username: 'tom', name: 'Tom' });
    const { token: tom } = await ask<{ token: string }>('POST', '/api-tokens', { name: 'Tom', personId: tomId });
    const asSara = apiCall(base, house.userToken);
    const { lastId } = await listen(house, house.token, { part: 'id: .*\n\n' });

    const numbers = [{ number: '+14165550123', label: 'home' }];
    const shared = await ask<Made>('POST', '/contacts', { name: 'Doctor', numbers });
    const own = await asSara<Made>('POST', '/contacts', { name: 'Friend', numbers });
    await asSara('PATCH', `/contacts/${own.id}`, { name: 'Best friend' });
    await asSara('DELETE', `/contacts/${own.id}`);
    const entry = await ask<Made>('POST', '/blocklist', { kind: 'prefix', pattern: '+1900', reason: '' });
    await ask('PATCH', `/blocklist/${entry.id}`, { enabled: false });
    await ask('DELETE', `/blocklist/${entry.id}`);
    const list = await ask<Made>('POST', '/spam-lists', { name: 'Reported', country: 'CA' });
    await ask('PATCH', `/spam-lists/${list.id}`, { enabled: false });
    await ask('DELETE', `/spam-lists/${list.id}`);
    const server = { url: 'https://cloud.example.org', username: 'anna', password: 'zaun-kranich', enabled: false };
    const book = await ask<Made>('POST', '/address-books', { name: 'Cloud', ...server });
    await ask('DELETE', `/address-books/${book.id}`);
    const { items } = await ask<{ items: Made[] }>('GET', '/dids');
    await ask('POST', '/routes', { numberId: items[0]?.id, name: 'Night', action: { kind: 'reject' } });
    await ask('POST', '/trunks', { name: 'Provider', host: '127.0.0.1', enabled: false });
    const members = [{ kind: 'person', id: tomId }];
    const group = await ask<Made>('POST', '/ring-groups', { name: 'All', members });
    await ask('PATCH', `/ring-groups/${group.id}`, { name: 'Everybody' });
    await ask('DELETE', `/ring-groups/${group.id}`);
    const steps = [{ targets: members }];
    const chain = await ask<Made>('POST', '/escalation-chains', { name: 'Help', steps });
    await ask('PATCH', `/escalation-chains/${chain.id}`, { name: 'Call for help' });
    await ask('DELETE', `/escalation-chains/${chain.id}`);
    const number = await ask<Made>('POST', '/dids', { number: '+14165550177' });
    await ask('PATCH', `/dids/${number.id}`, { name: 'Shop' });
    await ask('DELETE', `/dids/${number.id}`);
    await ask('PATCH', '/routing/settings', { trustedDays: 7 });
    await ask('PUT', '/dnd/house', { isOn: true, until: null });

    const part = 'event: dnd\\.changed.*\n\n';
    const [admin, sara, toms] = await Promise.all(
      [house.token, house.userToken, tom].map((token) => listen(house, token, { part, lastId })),
    );
    expect(toms?.names).toEqual(['contact.created', 'dnd.changed']);
    expect(toms?.seen).toContain(shared.id);
    expect(toms?.seen).not.toContain(own.id);
    expect(sara?.names).toEqual(['contact.created', 'contact.created', 'contact.changed', 'contact.deleted', 'dnd.changed']);
    expect(admin?.names).toEqual([
      ...['contact.created', 'contact.created', 'contact.changed', 'contact.deleted'],
      ...['blocklist-entry.created', 'blocklist-entry.changed', 'blocklist-entry.deleted'],
      ...['spam-list.created', 'spam-list.changed', 'spam-list.deleted'],
      ...['address-book.changed', 'address-book.changed', 'routes.changed', 'trunk.changed'],
      ...['ring-group.created', 'ring-group.changed', 'ring-group.deleted'],
      ...['escalation-chain.created', 'escalation-chain.changed', 'escalation-chain.deleted'],
      ...['number.created', 'number.changed', 'number.deleted', 'routing-settings.changed', 'dnd.changed'],
    ]);
  });

  it('tell of an import of many contacts or blocked numbers once, not of each', async () => {
    await using house = await ApiHouse.start();
    const { lastId } = await listen(house, house.token, { part: 'id: .*\n\n' });
    const post = async (path: string, type: string, body: string) => {
      const headers = { authorization: `Bearer ${house.token}`, 'content-type': type };
      expect((await fetch(`${house.url}${path}`, { method: 'POST', headers, body })).status).toBe(200);
    };
    const many = Array.from({ length: 50 }, (_, index) => `+1416555${String(1000 + index)}`);
    await post('/blocklist/import', 'text/csv', ['pattern', ...many].join('\n'));
    const card = (number: string) => `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:N ${number}\r\nTEL:${number}\r\nEND:VCARD\r\n`;
    await post('/contacts/import', 'text/vcard', many.map(card).join(''));
    const { names } = await listen(house, house.token, { part: 'event: contacts.imported.*\n\n', lastId });
    expect(names).toEqual(['blocklist.imported', 'contacts.imported']);
  });
});
