import { expect, test } from 'vitest';
import { mainPlace } from './phone-server.ts';
import { awayFirst, offlineHelp, offlineText } from './phone-words.ts';
import { en } from './strings/en.ts';
import type { StringKey } from './strings/en.ts';

const t = (key: StringKey, values: Record<string, string> = {}) =>
  en[key].replaceAll(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? '');
const when = () => '7:34 PM';
const since = '2026-11-30T19:34:00.000Z';

test('a phone that signed off says so, with the time; one that was never there says that', () => {
  expect(offlineText({ since, reason: 'signed-off' }, { t, when })).toBe('Offline since 7:34 PM: it signed off.');
  expect(offlineText({ since, reason: 'expired' }, { t, when })).toContain('did not sign in again in time');
  expect(offlineText(null, { t, when })).toBe('It has not reached GoSIP since GoSIP was started.');
});

test('whoever checks an offline phone reads the server that must be in it, by what the phone may use', () => {
  const places = [
    { address: '192.168.1.5', port: 8089, transports: ['ws' as const] },
    { address: '192.168.1.5', port: 5070, transports: ['udp' as const, 'tcp' as const] },
  ];
  const phone = { username: '202', transports: ['udp' as const] };
  const help = offlineHelp(phone, mainPlace({ realm: 'house', places }, phone), { t });
  expect(help).toContain('server 192.168.1.5:5070, user name 202');
  expect(offlineHelp(phone, undefined, { t })).toContain('the server, user name and password');
  expect(mainPlace({ realm: 'house', places }, { transports: ['wss'] })).toBeUndefined();
});

test('phones that cannot ring come first', () => {
  const phones = [
    { name: 'a', state: 'online' },
    { name: 'b', state: 'silent' },
    { name: 'c', state: 'offline' },
  ] as const;
  expect(awayFirst(phones).map(({ name }) => name)).toEqual(['b', 'c', 'a']);
});
