import { copyFileSync, utimesSync } from 'node:fs';
import { connect } from 'node:tls';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { makeCertificate } from '#testing/base/tls-certificate.ts';
import { silentLog } from '../runtime/engine-log.ts';
import { defaultLimits } from '../runtime/limits.ts';
import { SourceLimits } from './source-limits.ts';
import { TransportLayer } from './transport-layer.ts';
import type { TransportOptions } from './transport-layer.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function start(options: Pick<TransportOptions, 'listen'> & Partial<TransportOptions>) {
  const clock = new FakeClock();
  const sources = new SourceLimits({ clock, limits: defaultLimits });
  const layer = new TransportLayer({ clock, log: silentLog, limits: defaultLimits, sources, ...options });
  await layer.start();
  cleanups.push(() => layer.stop());
  return { clock, layer, addresses: () => layer.listeners.map(({ protocol, address }) => `${protocol} ${address}`) };
}

async function turn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

test('listeners of a wildcard follow the addresses of the machine', async () => {
  let machine = [{ address: '127.0.0.1', cidr: '127.0.0.1/8' }];
  const { clock, layer, addresses } = await start({
    listen: [
      { protocol: 'udp', host: '*', port: 0 },
      { protocol: 'tcp', host: '127.0.0.1', port: 0 },
    ],
    interfaces: () => machine,
  });
  expect(addresses()).toEqual(['udp 127.0.0.1', 'tcp 127.0.0.1']);
  const [first] = layer.listeners;
  machine = [
    { address: '127.0.0.1', cidr: '127.0.0.1/8' },
    { address: '127.0.0.2', cidr: '127.0.0.2/8' },
    { address: '::1', cidr: '::1/128' },
  ];
  clock.advance(15_000);
  while (addresses().length < 4) await turn();
  expect(addresses()).toEqual(['udp 127.0.0.1', 'tcp 127.0.0.1', 'udp 127.0.0.2', 'udp ::1']);
  expect(layer.listeners[0]).toBe(first);
  machine = [{ address: '127.0.0.2', cidr: '127.0.0.2/8' }];
  clock.advance(15_000);
  while (addresses().length > 2) await turn();
  expect(addresses()).toEqual(['tcp 127.0.0.1', 'udp 127.0.0.2']);
  expect(layer.flowTo(first!, { protocol: 'udp', address: '127.0.0.9', port: 5060 }).isOpen).toBe(false);
});

test('an address of a wildcard that cannot be bound yet is left out and tried again', async () => {
  const machine = [
    { address: '127.0.0.1', cidr: '127.0.0.1/8' },
    { address: '192.0.2.77', cidr: '192.0.2.77/24' },
  ];
  const { addresses } = await start({ listen: [{ protocol: 'udp', host: '*', port: 0 }], interfaces: () => machine });
  expect(addresses()).toEqual(['udp 127.0.0.1']);
});

test('an engine without any address does not start', async () => {
  const start_ = start({
    listen: [{ protocol: 'udp', host: '::', port: 0 }],
    interfaces: () => [{ address: '127.0.0.1', cidr: null }],
  });
  await expect(start_).rejects.toThrow('There is no address to listen on.');
});

test('a renewed certificate is used for new connections; a broken one is not', async () => {
  const old = makeCertificate(['DNS:old.example']);
  const renewed = makeCertificate(['DNS:new.example']);
  cleanups.push(
    () => old.remove(),
    () => renewed.remove(),
  );
  const { keyFile, certFile } = old;
  const listen = [{ protocol: 'tls', host: '127.0.0.1', port: 0 }] as const;
  const { clock, layer } = await start({ listen, tls: { keyFile, certFile } });
  const nameSeen = async (): Promise<string | undefined> => {
    const socket = connect({ port: layer.listeners[0]!.port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const name = socket.getPeerCertificate().subjectaltname;
    socket.destroy();
    return name;
  };
  const install = (from: string, to: string, second: number): void => {
    copyFileSync(from, to);
    utimesSync(to, second, second);
  };
  expect(await nameSeen()).toBe('DNS:old.example');
  install(renewed.certFile, certFile, 2_000_000_000);
  clock.advance(15_000);
  expect(await nameSeen()).toBe('DNS:old.example');
  install(renewed.keyFile, keyFile, 2_000_000_000);
  clock.advance(15_000);
  expect(await nameSeen()).toBe('DNS:new.example');
});
