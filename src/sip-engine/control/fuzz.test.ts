import { expect, it } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { mutate, pickOne, pieces, createRng } from '#testing/harness/mutate.ts';
import type { Core } from './app-link.ts';
import { AppRoutes } from './app-routes.ts';
import { encodeControlFrame, ControlFrameReader } from './framing.ts';
import { ControlSession } from './session.ts';
import type { ControlSessionDeps } from './session.ts';
import { silentLog } from '../runtime/engine-log.ts';
import { defaultLimits } from '../runtime/limits.ts';

const seed = 9022;
const rounds = 100_000;

const frames = [
  'id|authenticate|cymru|tag1,tag2',
  'id|ping',
  'id|route|invite',
  'id|remove_route|invite',
  'id|sip||\r\nINVITE sip:b@127.0.0.1 SIP/2.0\r\nfrom: <sip:a@localhost>\r\nCall-ID: x\r\nContent-Length: 3\r\n\r\nv=0',
  'id|sip||call;from-tag=1|sip:127.0.0.1;transport=tcp\r\nBYE sip:placeholder SIP/2.0\r\n\r\n',
  'id|sip|txn|\r\nSIP/2.0 200 OK\r\nto: <sip:b>;tag=2\r\n\r\n',
  'id|proxy|txn|remainInDialog|fullResponse||serial|2s||sip:a|sip:b\r\nINVITE sip:a SIP/2.0\r\n\r\n',
];

/** A core that answers every command with what it was given. */
const core: Core = {
  request: (_app, _ids, { message }, reply) =>
    reply.request({ source: 'application', bytes: 1, protocol: 'udp', address: '', port: 0 }, 't', message),
  respond: (_app, transactionId, _response, reply) => reply.nok(transactionId),
  // oxlint-disable-next-line max-params -- the shape that Core has
  proxy: (_app, transactionId, options, _extra, reply) => reply.nok(`${transactionId} ${options.destinations.join(' ')}`),
  appDisconnected() {},
  sizes: () => ({}),
  stop() {},
};

it(`survives ${rounds} broken frames and writes none itself`, () => {
  const random = createRng(seed);
  const routes = new AppRoutes({ cdrs: false });
  const around: ControlSessionDeps = {
    core: () => core,
    routes,
    clock: new FakeClock(),
    log: silentLog,
    limits: defaultLimits,
    pace: (release) => release(),
    webSocketName: 'tcp',
    preservedHeaders: new Set(['my_Header']),
    isSecret: (secret) => secret === 'cymru',
    greeting: () => 'hostports|v0.9.10|hostports',
  };
  let replies = 0;
  for (let round = 0; round < rounds; round += 4) {
    const back = new ControlFrameReader(1_000_000, {
      onFrame(payload) {
        replies += 1;
        expect(payload).toMatch(/^[^|]+\|response\|/);
      },
      onProtocolError: () => expect.fail('The engine broke its own framing'),
    });
    const peer = { write: (bytes: Buffer) => back.push(bytes), unwritten: () => 0, end() {}, destroy() {} };
    const session = new ControlSession(peer, around);
    session.receive(encodeControlFrame('id|authenticate|cymru|'));
    for (let count = 0; count < 4; count += 1) {
      const frame = encodeControlFrame(mutate(pickOne(random, frames), random)).toString('latin1');
      const bytes = Buffer.from(random() < 0.2 ? mutate(frame, random) : frame, 'latin1');
      for (const piece of pieces(bytes, random)) session.receive(piece);
    }
    session.closed();
  }
  expect(replies).toBeGreaterThan(rounds / 10);
  expect(routes.size).toBe(0);
});
