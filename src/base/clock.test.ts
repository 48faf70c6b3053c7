import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { systemClock } from './clock.ts';

/** As a machine does that is suspended or swaps. */
function standStill(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

it('does not conclude that nothing came from what came while the machine stood still', async () => {
  const socket = createSocket('udp4');
  try {
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    let hasCome = false;
    socket.on('message', () => (hasCome = true));
    const { promise, resolve } = Promise.withResolvers<boolean>();
    systemClock.after(100, () => resolve(hasCome));
    socket.send('answer', socket.address().port, '127.0.0.1');
    standStill(400);
    expect(await promise).toBe(true);
  } finally {
    socket.close();
  }
});

it('is on time where nothing held it up, and comes all the same where something did', async () => {
  const start = performance.now();
  await new Promise<void>((resolve) => void systemClock.after(20, resolve));
  const begin = performance.now();
  expect(begin - start).toBeGreaterThanOrEqual(19);
  systemClock.after(50, () => expect.fail('It was cancelled')).cancel();
  const late = new Promise<void>((resolve) => void systemClock.after(50, resolve));
  standStill(200);
  await late;
  expect(performance.now() - begin).toBeLessThan(10_000);
});
