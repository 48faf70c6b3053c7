import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { engineSystemClock } from '#sip-engine/runtime/system-clock.ts';
import type { RemoteEndpoint } from '#sip-engine/transport/transport.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { freePort } from '#testing/base/free-port.ts';
import { EngineHarness } from '#testing/harness/engine-harness.ts';
import { ListenerPings } from './listener-pings.ts';

const protocols = ['udp', 'tcp', 'tls', 'ws', 'wss'] as const;

test.each(['127.0.0.1', '::1'])(
  'an engine on %s answers by every transport, and knows each ping as a phone of the house',
  async (address) => {
    await using engine = await EngineHarness.start({ protocols, address });
    let options = 0;
    engine.srf.options((_request: unknown, response: { send: (status: number) => void }) => {
      options += 1;
      response.send(401);
    });
    const [announced, over]: [RemoteEndpoint[], RemoteEndpoint[]] = [[], []];
    const announce = (local: RemoteEndpoint) => {
      announced.push(local);
      return () => void over.push(local);
    };
    const pings = new ListenerPings({ clock: engineSystemClock, listening: () => engine.engine.listening, announce });
    const found = await pings.latest();
    expect(found.map(({ protocol, outcome }) => [protocol, outcome])).toEqual(
      protocols.map((protocol) => [protocol, { kind: 'answered', status: 401 }]),
    );
    expect(announced.map(({ protocol }) => protocol).sort()).toEqual([...protocols].sort());
    expect(announced.every((local) => local.address === address && local.port > 0)).toBe(true);
    expect(new Set(over)).toEqual(new Set(announced));
    await pings.latest();
    expect(options).toBe(protocols.length);
  },
);

test('a port that is closed and one that accepts and never answers are told apart, and a ping ends in time', async () => {
  const clock = new FakeClock();
  const frozen = createServer().listen(0, '127.0.0.1');
  await once(frozen, 'listening');
  const { port } = frozen.address() as AddressInfo;
  const closed = await freePort('127.0.0.1');
  const listening = `udp/127.0.0.1:${closed},tcp/127.0.0.1:${closed},tcp/127.0.0.1:${port},ws/127.0.0.1:${port},wss/127.0.0.1:${port}`;
  const pings = new ListenerPings({ clock, listening: () => listening, announce: () => () => {} });
  const results = pings.latest();
  await clock.advanceAsync(2_999);
  const first = await Promise.race([results, new Promise((resolve) => setTimeout(resolve, 50, 'waits'))]);
  expect(first).toBe('waits');
  await clock.advanceAsync(1);
  const silent = { kind: 'failed', why: 'no answer within 3 seconds' };
  const shut = { kind: 'failed', why: 'the port is closed' };
  expect((await results).map(({ outcome }) => outcome)).toEqual([shut, shut, silent, silent, silent]);
  frozen.close();
});

test('what answered a moment ago is not asked again by the next who wants to know, and later it is', async () => {
  const clock = new FakeClock();
  let asked = 0;
  const listening = () => {
    asked += 1;
    return '';
  };
  const pings = new ListenerPings({ clock, listening, announce: () => () => {} });
  for (let time = 0; time < 50; time += 1) await pings.latest();
  expect(asked).toBe(1);
  clock.advance(5_000);
  await pings.latest();
  expect(asked).toBe(2);
});
