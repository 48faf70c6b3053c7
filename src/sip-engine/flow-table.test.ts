import { expect, test } from 'vitest';
import { FakeClock } from '#testing/fake-clock.ts';
import { FlowTable } from './flow-table.ts';
import type { Flow } from './transport.ts';

function fakeFlow(id: number): { -readonly [Key in keyof Flow]: Flow[Key] } {
  const listener = {
    protocol: 'tcp',
    family: 4,
    address: '127.0.0.1',
    port: 5060,
    advertisedHost: '127.0.0.1',
    advertisedPort: 5060,
  } as const;
  return {
    id,
    protocol: 'tcp',
    listener,
    localAddress: '127.0.0.1',
    localPort: 5060,
    remoteAddress: '127.0.0.2',
    remotePort: 40_000 + id,
    isInbound: true,
    isOpen: true,
  };
}

test('a registered contact is found until it expires', () => {
  const clock = new FakeClock();
  const table = new FlowTable({ clock, limit: 10 });
  const flow = fakeFlow(1);
  table.remember('201@abc.invalid', flow, 60);
  expect(table.find('201@abc.invalid')).toBe(flow);
  expect(table.find('202@abc.invalid')).toBeUndefined();
  clock.advance(60_000);
  expect(table.find('201@abc.invalid')).toBeUndefined();
  clock.advance(30_000);
  expect(table.size).toBe(0);
  expect(clock.pending).toBe(0);
});

test('after its connection closed a contact is gone, not unknown, until it registers again', () => {
  const table = new FlowTable({ clock: new FakeClock(), limit: 10 });
  const flow = fakeFlow(1);
  table.remember('201@abc.invalid', flow, 60);
  flow.isOpen = false;
  expect(table.find('201@abc.invalid')).toBe('gone');
  table.forgetFlow(flow);
  expect(table.find('201@abc.invalid')).toBe('gone');
  const next = fakeFlow(2);
  table.remember('201@abc.invalid', next, 60);
  table.forgetFlow(flow);
  expect(table.find('201@abc.invalid')).toBe(next);
});

test('an expiry of 0 unregisters', () => {
  const table = new FlowTable({ clock: new FakeClock(), limit: 10 });
  const flow = fakeFlow(1);
  table.remember('201@abc.invalid', flow, 60);
  table.remember('201@abc.invalid', flow, 0);
  expect(table.find('201@abc.invalid')).toBeUndefined();
  expect(table.size).toBe(0);
});

test('the oldest goes when the table is full', () => {
  const table = new FlowTable({ clock: new FakeClock(), limit: 100 });
  for (let index = 0; index < 1000; index += 1) table.remember(`${index}@host`, fakeFlow(index), 600);
  expect(table.size).toBe(100);
  expect(table.find('899@host')).toBeUndefined();
  expect(table.find('999@host')).toBeDefined();
});

test('tells of a closed connection only when somebody had registered by it, also when it closed before the answer', () => {
  const gone: number[] = [];
  const table = new FlowTable({ clock: new FakeClock(), limit: 10, onPhoneGone: ({ id }) => void gone.push(id) });
  const [phone, stranger, hasty] = [fakeFlow(1), fakeFlow(2), fakeFlow(3)];
  table.registered(phone);
  for (const flow of [phone, stranger, phone]) {
    flow.isOpen = false;
    table.forgetFlow(flow);
  }
  expect(gone).toEqual([1]);
  hasty.isOpen = false;
  table.registered(hasty);
  expect(gone).toEqual([1, 3]);
});
