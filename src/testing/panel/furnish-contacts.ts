// What the address book and the blocklist of a family have after some weeks.
import type { PanelHouse } from './panel-house.ts';

const contacts = [
  ['Mum', ['+442079460123', 'mobile', '+442079460124', 'home'], ['VIP', 'family']],
  ['Dentist Dr. Weber', ['+4930901820', 'work'], []],
  ['Weber, Dr. (Dentist)', ['+4930901820', ''], ['Doctors']],
  ['Clara Maria Hohenstein-Oberhausen (neighbour, has our key, waters the plants)', ['+14165550141', 'mobile'], ['Neighbours']],
  ['Élodie d’Arcy', ['+33142685300', 'home'], ['family']],
  ['Football club', ['+14165550142', 'main'], ['Under-12 training group on Wednesday']],
  ['Plumber', ['+14165550143', 'work'], []],
  ['School', ['+14165550144', 'main', '+14165550145', 'absence line'], ['VIP']],
  ['Oma', ['+4930901877', 'home'], ['VIP', 'family']],
] as const;

const blocked = [
  { kind: 'exact', pattern: '+14165550199', reason: 'Says that our computer has a virus' },
  { kind: 'prefix', pattern: '+1900', reason: 'Expensive numbers that call back' },
  { kind: 'regex', pattern: '^\\+1416555[0-9]{2}00$', reason: '', enabled: false },
] as const;

/** `annaId`: an administrator, who keeps a contact for herself. */
export async function furnishContacts(house: PanelHouse, annaId: string): Promise<void> {
  for (const [name, [number, label, second, other], groups] of contacts) {
    const numbers = [{ number, label }, ...(second === undefined ? [] : [{ number: second, label: other }])];
    await house.ask('POST', '/contacts', { name, numbers, groups });
  }
  await house.ask('POST', '/contacts', { name: 'Book club', numbers: [{ number: '+14165550146' }], personId: annaId });
  for (const one of blocked) await house.ask('POST', '/blocklist', one);
  const server = { url: 'https://127.0.0.1:9/dav', username: 'anna', password: 'zaun-kranich' };
  const book = await house.ask<{ id: string }>('POST', '/address-books', { name: 'Nextcloud', ...server, enabled: false });
  await house.ask('POST', `/address-books/${book.id}/sync`);
  const list = await house.ask<{ id: string }>('POST', '/spam-lists', {
    name: 'Reported in Canada',
    country: 'CA',
    enabled: true,
  });
  await house.ask('POST', '/spam-lists', { name: 'Federal list', url: 'https://lists.example.org/reported.csv', country: 'CA' });
  await fetch(`${house.url}api/spam-lists/${list.id}/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.app.adminToken}`, 'content-type': 'text/csv' },
    body: '+14165550180\n+14165550181\n',
  });
}
