import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { apiCall } from '#testing/harness/api-call.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import { responseText, sdp, sipText } from '#testing/base/sip-text.ts';
import { createApp } from '#app/app.ts';
import type { App } from '#app/app.ts';
import { parseOptions } from '#options/options.ts';

// The whole house in this process: phones speak SIP over loopback, a trunk is a scripted peer, and the API says what became of it.
const host = '127.0.0.1';
const ourNumber = '+14165550100';
type Login = { readonly id: string; readonly extension: string; readonly username: string; readonly secret: string };
type Leg = { readonly role: string; readonly outcome: string | null; readonly ringingAt: string | null };
type Record = { readonly disposition: string | null; readonly reason: string | null; readonly legs: readonly Leg[] };

describe('what becomes of a call', () => {
  let stack: AsyncDisposableStack;
  let app: App;
  let trunk: SipPeer;
  let lines: string[];
  let api: ReturnType<typeof apiCall>;

  beforeEach(async () => {
    stack = new AsyncDisposableStack();
    const folder = mkdtempSync(join(tmpdir(), 'gosip-call-flow-'));
    stack.defer(() => rmSync(folder, { recursive: true, force: true }));
    trunk = stack.use(await SipPeer.udp({ address: '127.0.0.9' }));
    lines = [];
    const read = parseOptions({
      data_directory: folder,
      sip_listen: [`udp:${host}:0`],
      http_host: host,
      http_port: 0,
      country: 'CA',
      ring_seconds: 5,
      media: 'direct',
    });
    if (read.kind === 'problems') throw new Error(read.problems.join('; '));
    const log = createLog({ level: 'info', destination: { write: (line: string) => void lines.push(line) } });
    app = stack.use(await createApp(read.options, { log, isReplyStrict: true }));
    trunk.target = { address: host, port: Number(app.sip[0]?.split(':').at(-1)) };
    api = apiCall(`http://${host}:${app.http.port}`, app.adminToken ?? '');
    await api('POST', '/trunks', { name: 'provider', host: '127.0.0.9', port: trunk.port, allow: ['127.0.0.9/32'] });
  });
  afterEach(() => stack.disposeAsync());

  async function phone(
    extension: string,
    more: { personId?: string; incomingCallAction?: 'ring' | 'busy' } = {},
  ): Promise<SimulatedPhone> {
    const { personId, incomingCallAction = 'ring' } = more;
    const device = { name: `Phone ${extension}`, extension, type: 'softphone', ...(personId === undefined ? {} : { personId }) };
    const { username, secret } = await api<Login>('POST', '/devices', device);
    const registrar = { host, port: trunk.target?.port ?? 0 };
    const started = stack.use(
      await SimulatedPhone.start({ address: host, username, password: secret, registrar, incomingCallAction }),
    );
    expect(await started.register()).toBe(200);
    return started;
  }

  async function recordOf(index = 0): Promise<Record> {
    const closed = async () => (await api<{ items: { id: string; disposition: string | null }[] }>('GET', '/cdrs')).items[index];
    await expect.poll(async () => (await closed())?.disposition ?? null, { timeout: 15_000 }).not.toBeNull();
    return api<Record>('GET', `/cdrs/${(await closed())?.id ?? ''}`);
  }

  it('a phone that answers nothing could not be reached; one that rings was not answered', async () => {
    const [caller, dead, ringing] = [await phone('20'), await phone('21'), await phone('22')];
    dead.isDead = true;
    const [lost, missed] = [caller.call('21'), caller.call('22')];
    await ringing.incomingCall();
    await Promise.all([lost.reached('ended'), missed.reached('ended')]);
    expect([lost.status, missed.status]).toEqual([480, 480]);
    const records = [await recordOf(0), await recordOf(1)];
    expect(records.map(({ disposition, reason }) => `${disposition} ${reason}`).toSorted()).toEqual([
      'missed no-answer',
      'missed unreachable',
    ]);
    for (const { reason, legs } of records) {
      const leg = legs.find(({ role }) => role === 'callee');
      expect(leg?.outcome).toBe(reason);
      expect(leg?.ringingAt === null).toBe(reason === 'unreachable');
    }
  });

  it('a phone that forwards to another lets it ring; to an unknown extension, the record says so', async () => {
    const [caller, forwarding, second] = [await phone('20'), await phone('21'), await phone('22')];
    const rung = forwarding.incomingCall();
    const call = caller.call('21');
    const next = second.incomingCall();
    forwarding.redirect(await rung, `<sip:22@${host}>`);
    second.answer(await next);
    await call.reached('answered');
    await caller.hangup(call);
    expect(await recordOf()).toMatchObject({ disposition: 'answered', reason: 'caller-hung-up' });
    const again = forwarding.incomingCall();
    const failing = caller.call('21');
    forwarding.redirect(await again, '<sip:29@house>');
    await failing.reached('ended');
    expect(failing.status).toBe(480);
    const record = await recordOf();
    expect(record).toMatchObject({ disposition: 'failed', reason: 'redirected' });
    expect(record.legs.find(({ role }) => role === 'callee')?.outcome).toBe('redirected');
  });

  it('a phone that forwards outside calls by the trunk, with its owner’s number', async () => {
    const ada = await api<{ id: string }>('POST', '/users', { username: 'ada', name: 'Ada' });
    await api('POST', '/dids', { number: ourNumber, name: 'Home', ownerPersonId: ada.id });
    const [caller, forwarding] = [await phone('20'), await phone('21', { personId: ada.id })];
    const rung = forwarding.incomingCall();
    const call = caller.call('21');
    forwarding.redirect(await rung, '<tel:+14165550188>');
    const invite = await trunk.expect('INVITE');
    expect(invite.startLine).toContain('sip:+14165550188@127.0.0.9');
    expect(invite.header('From')).toContain(ourNumber);
    trunk.send(responseText(invite, '486 Busy Here'));
    await call.reached('ended');
    expect(call.status).toBe(486);
  });

  it('a caller who asked for privacy stays anonymous: on the phone, in the API and in the log', async () => {
    const ada = await api<{ id: string }>('POST', '/users', { username: 'ada', name: 'Ada' });
    await api('POST', '/dids', { number: ourNumber, name: 'Home', ownerPersonId: ada.id });
    const called = await phone('21', { personId: ada.id });
    const next = called.incomingCall();
    trunk.send(
      sipText(
        [
          `INVITE sip:${ourNumber}@${host} SIP/2.0`,
          `Via: SIP/2.0/UDP ${trunk.host};branch=z9hG4bKprivate;rport`,
          'Max-Forwards: 70',
          'From: "Doctor" <sip:+4930901820@provider>;tag=p1',
          `To: <sip:${ourNumber}@provider>`,
          'Call-ID: private',
          'CSeq: 1 INVITE',
          `Contact: <sip:gw@${trunk.host}>`,
          'P-Asserted-Identity: "Doctor" <sip:+4930901820@provider>, <tel:+4930901820>',
          'Privacy: User; ID',
          'Content-Type: application/sdp',
        ],
        sdp('127.0.0.9'),
      ),
    );
    const ringing = await next;
    expect(ringing.remoteHeader).toMatch(/^"?Anonymous"? <sip:anonymous@anonymous\.invalid>/);
    const live = JSON.stringify(await api('GET', '/calls'));
    called.decline(ringing);
    await trunk.skipTo(603);
    const record = await recordOf();
    expect(record).toMatchObject({ caller: { number: '', name: 'Anonymous' } });
    expect([live, JSON.stringify(record), ...lines].join('\n')).not.toMatch(/901820|Doctor/);
  });
});
