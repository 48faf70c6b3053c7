import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { Events } from '#base/events.ts';
import type { PersonId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { Identity } from '#contract/endpoint.ts';
import type { Facts } from '#contract/facts.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { LiveStream } from './live.ts';

class Response extends EventEmitter {
  readonly written: (string | Buffer)[] = [];
  readonly writableLength = 0;
  isOver = false;
  writeHead(): void {}
  write(part: string | Buffer): void {
    this.written.push(part);
  }
  end(): void {
    this.isOver = true;
  }
}

function stream() {
  const log = createLog({ level: 'silent' });
  const events = new Events<Facts>(log);
  const audience = { ownerOfDevice: () => undefined, personsOfCall: () => [], personsOfEscalation: () => [] };
  const live = new LiveStream({ events, clock: new FakeClock(), log, audience, positionKey: Buffer.alloc(16, 7) });
  live.start();
  const looks: string[] = [];
  const valid = new Set(['a', 'b']);
  const open = (token: string, personId: PersonId): Response => {
    const response = new Response();
    const identity: Identity = { kind: 'token', id: personId, personId, role: 'admin' };
    live.open({
      identity,
      response: response as unknown as ServerResponse,
      credentials: token,
      isStillAuthorized: () => (looks.push(token), valid.has(token)),
      lastEventId: '',
    });
    response.written.length = 0;
    return response;
  };
  return { events, open, looks, valid };
}

it('an event costs the same for twenty pages of a person as for one: its bytes are made once, and the token is looked up once', () => {
  const { events, open, looks } = stream();
  const responses = Array.from({ length: 20 }, () => open('a', 'person_1'));
  events.emit('device.created', { deviceId: 'dev_1' });
  expect(looks).toEqual(['a']);
  const frames = responses.map(({ written }) => written);
  expect(new Set(frames.flat()).size).toBe(1);
  expect(frames.every((written) => written.length === 1)).toBe(true);
  expect(frames[0]?.toString()).toMatch(/^id: \S+\nevent: device\.created\ndata: \{"deviceId":"dev_1"\}\n\n$/);
});

it('a token that ended ends each stream of it with the next event, and no stream of another token', () => {
  const { events, open, valid } = stream();
  const [ended, other, alsoEnded] = [open('a', 'person_1'), open('b', 'person_1'), open('a', 'person_1')];
  valid.delete('a');
  events.emit('device.created', { deviceId: 'dev_1' });
  expect([ended, other, alsoEnded].map(({ isOver, written }) => [isOver, written.length])).toEqual([
    [true, 0],
    [false, 1],
    [true, 0],
  ]);
});
