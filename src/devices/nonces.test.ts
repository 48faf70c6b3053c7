import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { Nonces } from './nonces.ts';

const key = Buffer.alloc(32, 7);

function nonces(options: Partial<ConstructorParameters<typeof Nonces>[0]> = {}) {
  const clock = new FakeClock();
  return { clock, nonces: new Nonces({ key, clock, ...options }) };
}

test('are fresh for their lifetime, then old, and cost no memory until a device used one', () => {
  const { clock, nonces: made } = nonces({ lifetimeSeconds: 300 });
  const nonce = made.issue();
  expect(made.state(nonce)).toBe('fresh');
  clock.advance(299_999);
  expect(made.state(nonce)).toBe('fresh');
  clock.advance(1);
  expect(made.state(nonce)).toBe('old');
  expect(made.size).toBe(0);
});

test('differ, and can stand in quotes', () => {
  const { nonces: made } = nonces();
  const all = Array.from({ length: 1000 }, () => made.issue());
  expect(new Set(all).size).toBe(1000);
  expect(all.every((nonce) => /^[A-Za-z0-9_-]{40}$/.test(nonce))).toBe(true);
});

test('are signed with HMAC-SHA-256', () => {
  for (const length of [16, 32, 64, 100]) {
    const longKey = Buffer.alloc(length, 9);
    const bytes = Buffer.from(nonces({ key: longKey }).nonces.issue(), 'base64url');
    const mac = createHmac('sha256', longKey).update(bytes.subarray(0, 16)).digest().subarray(0, 14);
    expect(bytes.subarray(16).equals(mac)).toBe(true);
  }
});

test('those of others, changed ones and noise are foreign', () => {
  const { nonces: made } = nonces();
  const nonce = made.issue();
  const others = nonces({ key: Buffer.alloc(32, 8) }).nonces.issue();
  const changed = (nonce.startsWith('A') ? 'B' : 'A') + nonce.slice(1);
  for (const foreign of [
    others,
    changed,
    '',
    'x',
    nonce.slice(1),
    `${nonce}=`,
    '!'.repeat(40),
    'ä'.repeat(40),
    'x'.repeat(100_000),
  ]) {
    expect(made.state(foreign)).toBe('foreign');
  }
});

test('each count serves once, though datagrams overtake each other', () => {
  const { nonces: made } = nonces();
  const nonce = made.issue();
  const counts = [1, 2, 5, 5, 3, 4, 4, 2, 1, 6, 40, 8, 9, 9, 41, 40, 0xffffffff, 0xffffffff, 42];
  const expected = [
    true,
    true,
    true,
    false,
    true,
    true,
    false,
    false,
    false,
    true,
    true,
    false,
    true,
    false,
    true,
    false,
    true,
    false,
    false,
  ];
  expect(counts.map((count) => made.accept(nonce, count))).toEqual(expected);
});

test('without a count a nonce serves once', () => {
  const { nonces: made } = nonces();
  const nonce = made.issue();
  expect([made.accept(nonce, undefined), made.accept(nonce, undefined), made.accept(nonce, 1)]).toEqual([true, false, false]);
});

test('those of an earlier run are known as ours, and old: their counts are gone', () => {
  const { clock, nonces: before } = nonces();
  const nonce = before.issue();
  expect(before.accept(nonce, 1)).toBe(true);
  const after = new Nonces({ key, clock });
  expect(after.state(nonce)).toBe('old');
});

test('memory is bounded, and what is forgotten cannot be replayed', () => {
  const { nonces: made } = nonces({ capacity: 100 });
  const all = Array.from({ length: 10_000 }, () => made.issue());
  for (const nonce of all) {
    expect(made.state(nonce)).toBe('fresh');
    expect(made.accept(nonce, 1)).toBe(true);
    expect(made.size).toBeLessThanOrEqual(100);
  }
  expect(all.filter((nonce) => made.state(nonce) === 'fresh' && made.accept(nonce, 1))).toEqual([]);
  expect(all.slice(-100).every((nonce) => made.state(nonce) === 'fresh' && made.accept(nonce, 2))).toBe(true);
});

test('the nonce of a phone that answers late, after a stall in which thousands of others authenticated, is not stale', () => {
  const { clock, nonces: made } = nonces({ capacity: 100 });
  const slow = made.issue();
  for (let index = 0; index < 10_000; index += 1) made.accept(made.issue(), 1);
  clock.advance(200_000);
  clock.jump(-86_400_000);
  expect([made.state(slow), made.accept(slow, 1), made.accept(slow, 1)]).toEqual(['fresh', true, false]);
});

test('given out too long ago to know whether it was used, it is old', () => {
  const { nonces: made } = nonces({ capacity: 1, traced: 64 });
  const [first, second] = [made.issue(), made.issue()];
  for (let index = 0; index < 63; index += 1) made.issue();
  expect([made.state(first), made.state(second)]).toEqual(['old', 'fresh']);
});

test('are counted as they are given out', () => {
  const { nonces: made } = nonces();
  const [first, second] = [made.issue(), made.issue()];
  expect([made.serialOf(first), made.serialOf(second), made.lastSerial]).toEqual([1, 2, 2]);
});

test('a flood of challenges neither costs memory nor drives out a phone', () => {
  const { nonces: made } = nonces({ capacity: 100 });
  const phone = made.issue();
  made.accept(phone, 1);
  for (let index = 0; index < 10_000; index += 1) made.state(made.issue());
  expect({ state: made.state(phone), size: made.size, next: made.accept(phone, 2) }).toEqual({
    state: 'fresh',
    size: 1,
    next: true,
  });
});

test('expired ones are forgotten as new ones come', () => {
  const { clock, nonces: made } = nonces({ lifetimeSeconds: 10 });
  for (let index = 0; index < 50; index += 1) made.accept(made.issue(), 1);
  clock.advance(10_000);
  made.accept(made.issue(), 1);
  expect(made.size).toBe(1);
});

test.each([-14, 14])('a clock that is set by %i years makes no nonce old, and none last longer', (years) => {
  const { clock, nonces: made } = nonces({ lifetimeSeconds: 300 });
  const nonce = made.issue();
  clock.jump(years * 365 * 86_400_000);
  expect([made.state(nonce), made.accept(nonce, 1), made.accept(nonce, 1)]).toEqual(['fresh', true, false]);
  clock.advance(300_000);
  expect(made.state(nonce)).toBe('old');
});
