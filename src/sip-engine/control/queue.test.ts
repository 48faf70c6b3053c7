import { describe, expect, it } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { ControlQueue, timedPace } from './queue.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function turns(count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) await turn();
}

function queue() {
  const writes: string[] = [];
  const releases: (() => void)[] = [];
  const control = new ControlQueue(
    (bytes, written) => {
      writes.push(bytes.toString());
      written();
    },
    (release) => releases.push(release),
  );
  const send = (text: string, callId?: string, isEcho?: boolean) => control.send(Buffer.from(text), callId, isEcho);
  return { writes, releases, control, send };
}

describe('the queue of a control connection', () => {
  it('writes what belongs together in time at once', async () => {
    const { writes, send } = queue();
    send('a', 'call-1');
    send('b', 'call-2');
    await turn();
    expect(writes).toEqual(['ab']);
  });

  it('keeps the next frame of a call back after its echo, and no other', async () => {
    const { writes, releases, send } = queue();
    send('E1', 'call-1', true);
    send('r1', 'call-1');
    send('E2', 'call-2', true);
    send('s1', 'call-1');
    send('x', 'call-3');
    await turn();
    expect(writes).toEqual(['E1E2x']);
    releases.shift()?.();
    await turn();
    expect(writes).toEqual(['E1E2x', 'r1s1']);
    expect(releases).toEqual([]);
  });

  it('stops again at each further echo of the same call', async () => {
    const { writes, releases, send, control } = queue();
    for (const text of ['E1', 'a', 'E2', 'b', 'E3']) send(text, 'call', text.startsWith('E'));
    for (let round = 0; round < 3; round += 1) {
      await turn();
      releases.shift()?.();
    }
    await turn();
    expect(writes).toEqual(['E1', 'aE2', 'bE3']);
    expect(control.heldCalls).toBe(0);
    expect(control.bytes).toBe(0);
  });

  it('starts the pause only when the bytes have left', async () => {
    const written: (() => void)[] = [];
    let paces = 0;
    const control = new ControlQueue(
      (_bytes, done) => written.push(done),
      () => (paces += 1),
    );
    control.send(Buffer.from('E'), 'call', true);
    await turn();
    expect(paces).toBe(0);
    written[0]?.();
    expect(paces).toBe(1);
  });

  it('counts what waits, and writes it when closed', async () => {
    const { writes, releases, send, control } = queue();
    send('E1', 'call', true);
    send('later', 'call');
    expect(control.bytes).toBe(7);
    control.close();
    expect(control.bytes).toBe(0);
    expect(writes).toEqual(['E1later']);
    for (const release of releases) release();
    send('more');
    await turn();
    expect(writes).toEqual(['E1later']);
  });

  it('waits some time and two turns of the loop', async () => {
    const clock = new FakeClock();
    let isReleased = false;
    timedPace(clock, 4)(() => (isReleased = true));
    clock.advance(3);
    await turns(4);
    expect(clock.pending).toBe(1);
    clock.advance(1);
    await turn();
    expect(isReleased).toBe(false);
    await turns(2);
    expect(isReleased).toBe(true);
  });
});
