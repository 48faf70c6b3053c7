import { expect, test } from 'vitest';
import { AuthorizationHouse, wav } from '#testing/harness/authorization-house.ts';

/** The names of the greetings in a backup. */
async function greetings(house: AuthorizationHouse): Promise<readonly string[]> {
  const response = await house.send('POST', '/system/backup', { token: house.admin, body: {} });
  const bytes = Buffer.from(await response.arrayBuffer());
  return [...new Set(bytes.toString('latin1').match(/greetings\/[\w-]+/g))];
}

/** What an admin hears until the do not disturb of the house is switched. */
async function heardBy(house: AuthorizationHouse, during: () => Promise<void>): Promise<string> {
  const leave = new AbortController();
  const { body } = await fetch(`http://127.0.0.1:${house.app.http.port}/api/events`, {
    headers: { authorization: `Bearer ${house.admin}` },
    signal: leave.signal,
  });
  await during();
  await house.send('PUT', '/dnd/house', { token: house.admin, body: { isOn: true, until: null } });
  let seen = '';
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    seen += chunk;
    if (/event: dnd\.changed\ndata: \{"of":"house"/.test(seen)) break;
  }
  leave.abort();
  return seen;
}

test('with a person go the greeting, the contacts and the blocked callers, on the disk and in memory, and phones and others’ things stay', async () => {
  await using house = await AuthorizationHouse.start();
  const { anna, ben, admin: token } = house;
  for (const { personId } of [anna, ben])
    expect((await house.send('PUT', `/mailboxes/${personId}/greeting/audio`, { token, body: wav })).status).toBe(200);
  await house.send('PUT', `/dnd/persons/${anna.personId}`, { token, body: { isOn: true, until: null } });
  expect(await greetings(house)).toHaveLength(2);
  const heard = await heardBy(house, async () => {
    expect((await house.send('DELETE', `/users/${anna.personId}`, { token })).status).toBe(204);
  });
  expect(heard).toContain(`event: contact.deleted\ndata: {"contactId":"${anna.contactId}"`);
  expect(heard).toContain(`event: blocklist-entry.deleted\ndata: {"blocklistEntryId":"${anna.blocklistId}"`);
  expect(heard).not.toContain(ben.personId);
  await expect.poll(() => greetings(house), { timeout: 30_000 }).toHaveLength(1);
  const json = async (path: string) => await (await house.send('GET', path, { token })).text();
  expect(await json('/contacts')).toContain(ben.contactId);
  expect(await json('/blocklist')).toContain(ben.blocklistId);
  expect(JSON.parse(await json(`/devices/${anna.deviceId}`))).toMatchObject({ personId: null });
  expect(await json('/dnd')).not.toContain(anna.personId);
});
