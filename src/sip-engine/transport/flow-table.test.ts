import { expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
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

const uriOf = (user: string) => `sip:${user}@abc.invalid;transport=ws`;
const binding = (user: string, flow: Flow, owner = user) => ({ contact: uriOf(user), flow, owner });

test('a registered contact is found until it expires', () => {
  const clock = new FakeClock();
  const table = new FlowTable({ clock, limit: 10 });
  const flow = fakeFlow(1);
  table.remember(binding('201', flow), 60);
  expect(table.find(uriOf('201'))).toBe(flow);
  expect(table.find(uriOf('202'))).toBeUndefined();
  clock.advance(60_000);
  expect(table.find(uriOf('201'))).toBeUndefined();
  clock.advance(30_000);
  expect(table.size).toBe(0);
  expect(clock.pending).toBe(0);
});

test('after its connection closed a contact is gone, not unknown, until it registers again', () => {
  const table = new FlowTable({ clock: new FakeClock(), limit: 10 });
  const flow = fakeFlow(1);
  table.remember(binding('201', flow), 60);
  flow.isOpen = false;
  expect(table.find(uriOf('201'))).toBe('gone');
  table.removeFlow(flow);
  expect(table.find(uriOf('201'))).toBe('gone');
  const next = fakeFlow(2);
  table.remember(binding('201', next), 60);
  table.removeFlow(flow);
  expect(table.find(uriOf('201'))).toBe(next);
});

test('an expiry of 0 unregisters', () => {
  const table = new FlowTable({ clock: new FakeClock(), limit: 10 });
  const flow = fakeFlow(1);
  table.remember(binding('201', flow), 60);
  table.remember(binding('201', flow), 0);
  expect(table.find(uriOf('201'))).toBeUndefined();
  expect(table.size).toBe(0);
});

test('the oldest goes when the table is full', () => {
  const table = new FlowTable({ clock: new FakeClock(), limit: 100 });
  for (let index = 0; index < 1000; index += 1) table.remember(binding(String(index), fakeFlow(index)), 600);
  expect(table.size).toBe(100);
  expect(table.find(uriOf('899'))).toBeUndefined();
  expect(table.find(uriOf('999'))).toBeDefined();
});

test('reports a closed connection only when a client had registered by it, also when it closed before the answer', () => {
  const gone: number[] = [];
  const table = new FlowTable({ clock: new FakeClock(), limit: 10, onRegisteredFlowClosed: ({ id }) => void gone.push(id) });
  const [phone, other, hasty] = [fakeFlow(1), fakeFlow(2), fakeFlow(3)];
  table.registered(phone);
  for (const flow of [phone, other, phone]) {
    flow.isOpen = false;
    table.removeFlow(flow);
  }
  expect(gone).toEqual([1]);
  hasty.isOpen = false;
  table.registered(hasty);
  expect(gone).toEqual([1, 3]);
});

test('a Contact that two connections claim belongs to neither, and to the one that stays', () => {
  const table = new FlowTable({ clock: new FakeClock(), limit: 10 });
  const [owner, thief] = [fakeFlow(1), fakeFlow(2)];
  table.remember(binding('201', owner), 60);
  table.remember(binding('201', thief, '666'), 60);
  expect(table.find(uriOf('201'))).toBe('gone');
  expect([table.isRegisteredBy(uriOf('201'), owner), table.isRegisteredBy(uriOf('201'), fakeFlow(3))]).toEqual([true, false]);
  thief.isOpen = false;
  expect(table.find(uriOf('201'))).toBe(owner);
});

test.each([
  ['sip:11@10.77.0.11;transport=udp', undefined],
  ['sip:11@10.77.0.11', undefined],
  ['sip:11@10.77.0.11;transport=tcp;maddr=10.77.0.12', undefined],
  ['sip:11@10.77.0.11;transport=tcp', 1],
])('the Contact %s registered over TCP leads to connection %s', (contact, id) => {
  const table = new FlowTable({ clock: new FakeClock(), limit: 10 });
  table.remember({ contact, flow: fakeFlow(1), owner: '17' }, 60);
  const found = table.find(contact);
  expect(found === undefined || found === 'gone' ? undefined : found.id).toBe(id);
});

test('two phones at one address over TCP have a connection each', () => {
  const table = new FlowTable({ clock: new FakeClock(), limit: 10 });
  const contacts = ['sip:17@10.77.0.18:6001;transport=tcp', 'sip:17@10.77.0.18:6002;transport=tcp'];
  const flows = [fakeFlow(1), fakeFlow(2)];
  for (const [index, contact] of contacts.entries()) table.remember({ contact, flow: flows[index] as Flow, owner: '17' }, 60);
  expect(contacts.map((contact) => table.find(contact))).toEqual(flows);
});

test('after its connection closed a client is found again only by what the same owner registered', () => {
  const table = new FlowTable({ clock: new FakeClock(), limit: 10 });
  const [before, thief, after] = [fakeFlow(1), fakeFlow(2), fakeFlow(3)];
  table.remember(binding('201', before), 60);
  before.isOpen = false;
  table.remember(binding('201', thief, '666'), 60);
  expect(table.successor(uriOf('201'), before)).toBeUndefined();
  table.remember(binding('201', after), 60);
  expect(table.successor(uriOf('201'), before)).toBe(after);
});
