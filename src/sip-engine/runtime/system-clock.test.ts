import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { engineSystemClock } from './system-clock.ts';

function standStill(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

test('what came while the machine stood still is read before any timer concludes that nothing came', async () => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const seen: string[] = [];
  socket.on('message', () => seen.push('datagram'));
  const sent = new Promise<void>((resolve) => {
    let left = 100;
    for (let index = 0; index < 100; index += 1)
      socket.send('x', socket.address().port, '127.0.0.1', () => (left -= 1) === 0 && resolve());
  });
  const ended = Promise.all([
    new Promise<void>((resolve) => {
      engineSystemClock.after(100, () => {
        seen.push('timer');
        resolve();
      });
    }),
    new Promise<void>((resolve) => {
      const every = engineSystemClock.every(100, () => {
        seen.push('sweep');
        every.cancel();
        resolve();
      });
    }),
  ]);
  // The datagrams leave in this turn; before the next one begins, both timers are due.
  process.nextTick(() => standStill(700));
  const keepAlive = setInterval(() => {}, 10);
  await Promise.all([sent, ended]);
  clearInterval(keepAlive);
  expect([seen.indexOf('timer'), seen.indexOf('sweep')].every((at) => at >= 100)).toBe(true);
  socket.close();
});

test('a timer that is cancelled while it waits for its turn does not run', async () => {
  let ran = 0;
  const timer = engineSystemClock.after(5, () => (ran += 1));
  setTimeout(() => timer.cancel(), 5);
  standStill(100);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(ran).toBe(0);
});

test('timers keep their order and their time', async () => {
  const seen: number[] = [];
  const start = performance.now();
  await Promise.all(
    [30, 10, 20].map(
      (delay) =>
        new Promise<void>((resolve) => {
          engineSystemClock.after(delay, () => {
            seen.push(delay);
            resolve();
          });
          setTimeout(() => {}, 200);
        }),
    ),
  );
  expect(seen).toEqual([10, 20, 30]);
  expect(performance.now() - start).toBeGreaterThanOrEqual(29);
});
