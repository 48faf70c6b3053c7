import { afterEach, describe, expect, it } from 'vitest';
import { EngineHarness } from '#testing/harness/engine-harness.ts';
import type { AnySrf } from '#testing/harness/engine-harness.ts';
import { freePort } from '#testing/base/free-port.ts';
import {
  answerAndWait,
  callAlongRoute,
  callAndBeRefused,
  callAndCancel,
  callAndHangUp,
  register,
} from '#testing/harness/sipp-scenarios.ts';
import { startSipp } from '#testing/peers/sipp.ts';
import type { SippOptions } from '#testing/peers/sipp.ts';
import { sdp } from '#testing/base/sip-text.ts';

// The same flows with SIPp on the other side, many at once and with lost datagrams. SIPp of Debian has no TLS and no WebSocket.

const tables = ['serverTransactions', 'requestsInFlight', 'dialogs'];
const address = '127.0.0.1';

let harness: EngineHarness;

afterEach(() => harness[Symbol.asyncDispose]());

async function start(): Promise<void> {
  harness = await EngineHarness.start({ protocols: ['udp', 'tcp'], trusted: ['127.0.0.0/8'] });
}

async function run(scenario: string, more: Partial<SippOptions> & { protocol?: 'udp' | 'tcp' } = {}): Promise<void> {
  const { protocol = 'udp', ...options } = more;
  const target = `${address}:${harness.port(protocol)}`;
  const port = await freePort(address);
  const transport = protocol === 'udp' ? 'u1' : 't1';
  await using sipp = await startSipp({ scenario, address, port, target, transport, ...options });
  await sipp.passed;
}

function answersEverything(): void {
  harness.srf.invite(async (req: AnySrf, res: AnySrf) => {
    res.send(180);
    await harness.srf.createUAS(req, res, { localSdp: sdp(address) }).catch(() => {});
  });
}

describe.each(['udp', 'tcp'] as const)('SIPp over %s', (protocol) => {
  it('calls a hundred times and hangs up', async () => {
    await start();
    answersEverything();
    await run(callAndHangUp(), { protocol, calls: 100, callsPerSecond: 50 });
    await harness.drained(tables);
  });

  it.each([486, 603])('is refused with %i', async (status) => {
    await start();
    harness.srf.invite((_req: AnySrf, res: AnySrf) => res.send(status));
    await run(callAndBeRefused(status), { protocol, calls: 20, callsPerSecond: 20 });
    await harness.drained(tables);
  });

  it('cancels', async () => {
    await start();
    harness.srf.invite((_req: AnySrf, res: AnySrf) => res.send(180));
    await run(callAndCancel(), { protocol, calls: 20, callsPerSecond: 20 });
    await harness.drained(tables);
  });

  it('registers a thousand phones', async () => {
    await start();
    let heard = 0;
    harness.srf.register((req: AnySrf, res: AnySrf) => {
      heard += 1;
      res.send(200, { headers: { Contact: req.get('Contact'), Expires: '60' } });
    });
    await run(register(), { protocol, calls: 1000, callsPerSecond: 500 });
    expect(heard).toBe(1000);
    await harness.drained(tables);
  });
});

describe('SIPp on both sides', () => {
  it('talks through a B2BUA', async () => {
    await start();
    const port = await freePort(address);
    harness.srf.invite((req: AnySrf, res: AnySrf) => {
      const bridged = harness.srf.createB2BUA(req, res, `sip:bob@${address}:${port}`, { localSdpB: req.body });
      bridged.then(bindLegs).catch(() => {});
    });
    await using bob = await startSipp({ scenario: answerAndWait(), address, port, calls: 50 });
    await run(callAndHangUp(), { calls: 50, callsPerSecond: 25 });
    await bob.passed;
    await harness.drained(tables);
  });

  it('talks through a record-routing proxy', async () => {
    await start();
    const port = await freePort(address);
    harness.srf.invite((req: AnySrf) => {
      harness.srf.proxyRequest(req, `sip:bob@${address}:${port}`, { remainInDialog: true }).catch(() => {});
    });
    await using bob = await startSipp({ scenario: answerAndWait(), address, port, calls: 50 });
    await run(callAlongRoute(), { calls: 50, callsPerSecond: 25 });
    await bob.passed;
    await harness.drained(tables);
  });
});

describe('SIPp that loses every tenth datagram', () => {
  it('still registers, and each phone is heard of once', async () => {
    await start();
    const heard = new Set<string>();
    let times = 0;
    harness.srf.register((req: AnySrf, res: AnySrf) => {
      heard.add(req.get('Call-ID'));
      times += 1;
      res.send(200, { headers: { Contact: req.get('Contact'), Expires: '60' } });
    });
    await run(register(), { calls: 50, callsPerSecond: 50, args: ['-lost', '10'] });
    expect(times).toBe(heard.size);
    await harness.drained(tables);
  });
});

function bindLegs({ uas, uac }: { uas: AnySrf; uac: AnySrf }): void {
  uas.on('destroy', () => uac.destroy());
  uac.on('destroy', () => uas.destroy());
}
