import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { CoreStage } from '#testing/harness/core-stage.ts';
import { connectClient } from '#testing/peers/drachtio-client.ts';
import { createEngine } from '../engine.ts';
import { silentLog } from '../runtime/engine-log.ts';
import { engineOptions } from '../engine-options.ts';
import { engineSystemClock } from '../runtime/system-clock.ts';

const settings = { firstAppMs: 5_000 };

describe('requests before the first application', () => {
  it('wait for one that asks for their method, and are delivered once', () => {
    const stage = new CoreStage({ settings, routed: [] });
    stage.arrive('REGISTER', { callId: 'one' });
    stage.arrive('MESSAGE', { callId: 'two' });
    expect(stage.sent()).toEqual([]);
    expect(stage.core.sizes()['unclaimedRequests']).toBe(2);
    stage.route('invite');
    expect(stage.app.lines).toEqual([]);
    stage.route('register');
    expect(stage.app.lines).toEqual(['REGISTER']);
    stage.route('message');
    expect(stage.app.lines).toEqual(['REGISTER', 'MESSAGE']);
    expect(stage.core.sizes()['unclaimedRequests']).toBe(0);
  });

  it('are answered 503 when none has come in time, and at once afterwards', () => {
    const stage = new CoreStage({ settings, routed: [] });
    stage.arrive('REGISTER', { callId: 'one' });
    stage.clock.advance(4_999);
    expect(stage.sent()).toEqual([]);
    stage.clock.advance(1);
    expect(stage.sent()).toEqual(['503']);
    stage.arrive('REGISTER', { callId: 'two' });
    expect(stage.sent()).toEqual(['503']);
    expect(stage.core.sizes()['unclaimedRequests']).toBe(0);
  });

  it('still get what they get without any application', () => {
    const stage = new CoreStage({ settings, routed: [] });
    stage.arrive('BYE', { toTag: 'x' });
    expect(stage.sent()).toEqual(['481']);
  });

  it('do not wait for an application that was there and left', () => {
    const stage = new CoreStage({ settings, routed: [] });
    stage.route('register');
    stage.app.isOpen = false;
    stage.arrive('REGISTER');
    expect(stage.sent()).toEqual(['503']);
  });

  it('leave an INVITE that was cancelled meanwhile alone', () => {
    const stage = new CoreStage({ settings, routed: [] });
    const invite = { branch: 'z9hG4bKwaits', callId: 'one' };
    stage.arrive('INVITE', invite);
    stage.arrive('CANCEL', invite);
    expect(stage.sent()).toEqual(['100', '200', '487']);
    stage.route('invite');
    expect(stage.app.lines).toEqual([]);
  });

  it('reach drachtio-srf as soon as it has connected', async () => {
    const listeners = [{ protocol: 'udp', host: '127.0.0.1', port: 0 }] as const;
    const engine = createEngine(engineOptions({ listeners, secret: 'cymru', settings: { firstAppMs: 60_000 } }), {
      clock: engineSystemClock,
      log: silentLog,
    });
    await engine.start();
    const phone = createSocket('udp4').bind(0, '127.0.0.1');
    await once(phone, 'listening');
    const { port } = phone.address();
    const lines = ['Via: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKa', 'From: <sip:a@x>;tag=1', 'To: <sip:a@x>', 'Call-ID: c'];
    const request = ['REGISTER sip:x SIP/2.0', ...lines, 'CSeq: 1 REGISTER', 'Max-Forwards: 70', 'Content-Length: 0', '', ''];
    const answered = once(phone, 'message');
    phone.send(request.join('\r\n').replace(';rport', `:${port};rport`), engine.ports[0] ?? 0, '127.0.0.1');
    await expect.poll(() => engine.sizes()['unclaimedRequests']).toBe(1);
    const client = await connectClient({ port: engine.controlPort, secret: 'cymru', reconnect: { maxAttempts: 1 } });
    client.register((_request, response) => response.send(200));
    const [bytes] = (await answered) as [Buffer];
    expect(bytes.toString()).toMatch(/^SIP\/2\.0 200 /);
    client.disconnect();
    phone.close();
    await engine.stop();
  });
});
