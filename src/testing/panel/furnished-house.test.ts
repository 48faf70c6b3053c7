import dgram from 'node:dgram';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { furnish } from './furnished-house.ts';
import { PanelHouse } from './panel-house.ts';

// A house with which the pages are looked at, and pictures are made: it may ask this machine alone. A name below `.invalid` is nobody's.
const asked: string[] = [];
const isHere = (host: string) =>
  /^(?:127\.|::1$|::ffff:127\.|localhost$|0\.0\.0\.0$|::$)/.test(host) || host === '' || host.endsWith('.invalid');

type Method = (...given: unknown[]) => unknown;

const restorings: (() => void)[] = [];

/** `hostOf`: which host is asked, by what the method is given. */
function watch(holder: object, name: string, hostOf: (given: readonly unknown[]) => string): void {
  const methods = holder as Record<string, Method>;
  const before = methods[name] as Method;
  methods[name] = function told(this: unknown, ...given: unknown[]) {
    asked.push(hostOf(given));
    return Reflect.apply(before, this, given);
  };
  restorings.push(() => (methods[name] = before));
}

const nameOf = ([name]: readonly unknown[]) => String(name).replaceAll(/^_\w+\._\w+\./g, '');

function connectedTo(given: readonly unknown[]): string {
  const [first] = given.flat();
  const host = typeof first === 'object' && first !== null ? (first as { host?: unknown }).host : given[1];
  return typeof host === 'string' ? host : '';
}

function sentTo(given: readonly unknown[]): string {
  return given.find((one): one is string => typeof one === 'string' && net.isIP(one) !== 0) ?? '';
}

beforeAll(() => {
  watch(net.Socket.prototype, 'connect', connectedTo);
  watch(dgram.Socket.prototype, 'send', sentTo);
  watch(dns, 'lookup', nameOf);
  watch(dns.promises, 'lookup', nameOf);
  for (const name of ['resolve4', 'resolveSrv', 'resolveNaptr']) watch(dns.Resolver.prototype, name, nameOf);
  syncBuiltinESMExports();
});
afterAll(() => {
  for (const restore of restorings) restore();
  syncBuiltinESMExports();
});

test('a furnished house asks nothing outside of this machine', async () => {
  await using house = await PanelHouse.start();
  await furnish(house);
  const { items } = await house.ask<{ items: { id: string }[] }>('GET', '/external?sort=name&order=asc');
  await house.ask('POST', `/external/${items[0]?.id}/test`);
  await house.ask('POST', '/notifications/channels/mail/test', { address: 'anna@example.org' });
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter((host) => !isHere(host))).toEqual([]);
});
