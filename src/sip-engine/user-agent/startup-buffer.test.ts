import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { UserAgentHarness } from '#testing/harness/user-agent-harness.ts';
import { connectClient } from '#testing/peers/drachtio-client.ts';
import { createEngine } from '../engine.ts';
import { silentLog } from '../runtime/engine-log.ts';
import { engineOptions } from '../engine-options.ts';
import { engineSystemClock } from '../runtime/system-clock.ts';

const settings = { firstAppMs: 5_000 };

describe('requests before the first application', () => {
  it('wait for one that asks for their method, and are delivered once', () => {
    const harness = new UserAgentHarness({ settings, subscribedVerbs: [] });
    harness.receiveRequest('REGISTER', { callId: 'one' });
    harness.receiveRequest('MESSAGE', { callId: 'two' });
    expect(harness.sent()).toEqual([]);
    expect(harness.core.sizes()['startupBufferedRequests']).toBe(2);
    harness.route('invite');
    expect(harness.app.lines).toEqual([]);
    harness.route('register');
    expect(harness.app.lines).toEqual(['REGISTER']);
    harness.route('message');
    expect(harness.app.lines).toEqual(['REGISTER', 'MESSAGE']);
    expect(harness.core.sizes()['startupBufferedRequests']).toBe(0);
  });

  it('are answered 503 when none has come in time, and at once afterwards', () => {
    const harness = new UserAgentHarness({ settings, subscribedVerbs: [] });
    harness.receiveRequest('REGISTER', { callId: 'one' });
    harness.clock.advance(4_999);
    expect(harness.sent()).toEqual([]);
    harness.clock.advance(1);
    expect(harness.sent()).toEqual(['503']);
    harness.receiveRequest('REGISTER', { callId: 'two' });
    expect(harness.sent()).toEqual(['503']);
    expect(harness.core.sizes()['startupBufferedRequests']).toBe(0);
  });

  it('still get what they get without any application', () => {
    const harness = new UserAgentHarness({ settings, subscribedVerbs: [] });
    harness.receiveRequest('BYE', { toTag: 'x' });
    expect(harness.sent()).toEqual(['481']);
  });

  it('do not wait for an application that was there and left', () => {
    const harness = new UserAgentHarness({ settings, subscribedVerbs: [] });
    harness.route('register');
    harness.app.isOpen = false;
    harness.receiveRequest('REGISTER');
    expect(harness.sent()).toEqual(['503']);
  });

  it('leave an INVITE that was cancelled meanwhile alone', () => {
    const harness = new UserAgentHarness({ settings, subscribedVerbs: [] });
    const invite = { branch: 'z9hG4bKwaits', callId: 'one' };
    harness.receiveRequest('INVITE', invite);
    harness.receiveRequest('CANCEL', invite);
    expect(harness.sent()).toEqual(['100', '200', '487']);
    harness.route('invite');
    expect(harness.app.lines).toEqual([]);
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
    await expect.poll(() => engine.sizes()['startupBufferedRequests']).toBe(1);
    const client = await connectClient({ port: engine.controlPort, secret: 'cymru', reconnect: { maxAttempts: 1 } });
    client.register((_request, response) => response.send(200));
    const [bytes] = (await answered) as [Buffer];
    expect(bytes.toString()).toMatch(/^SIP\/2\.0 200 /);
    client.disconnect();
    phone.close();
    await engine.stop();
  });
});
