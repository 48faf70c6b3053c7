import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import { responseText, sdp, sipText } from '#testing/base/sip-text.ts';
import { createApp } from '#app/app.ts';
import type { App } from '#app/app.ts';
import { parseOptions } from '#options/options.ts';

// A German house with a trunk known by its address, as it and a phone write numbers.
const host = '127.0.0.1';
type Login = { readonly username: string; readonly secret: string };
type Page<Item> = { readonly items: readonly Item[] };
type Shown = { readonly number: string | null; readonly caller: { readonly number: string } };

describe('numbers through the whole house', () => {
  const stack = new AsyncDisposableStack();
  let app: App;
  let trunk: SipPeer;
  let phone: SimulatedPhone;
  let count = 0;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gosip-numbers-'));
    stack.defer(() => rmSync(folder, { recursive: true, force: true }));
    trunk = stack.use(await SipPeer.udp({ address: '127.0.0.2' }));
    const read = parseOptions({
      data_directory: folder,
      sip_listen: [`udp:${host}:0`],
      http_host: host,
      http_port: 0,
      media: 'direct',
      country: 'DE',
    });
    if (read.kind === 'problems') throw new Error(read.problems.join('; '));
    app = stack.use(await createApp(read.options, { log: createLog({ level: 'silent' }), isReplyStrict: true }));
    const port = Number(app.sip[0]?.split(':').at(-1));
    trunk.target = { address: host, port };
    await api('/trunks', { name: 'provider', host: '127.0.0.2', port: trunk.port, allow: ['127.0.0.2/32'] });
    const { id } = await api<{ id: string }>('/users', { username: 'ada', name: 'Ada' });
    // As it was pasted from an address book.
    await api('/dids', { number: '\u202a+49 221\u201112345\u202c', ownerPersonId: id });
    const { username, secret } = await api<Login>('/devices', {
      name: 'Hall',
      extension: '21',
      type: 'softphone',
      personId: id,
    });
    const registrar = { host, port };
    phone = stack.use(
      await SimulatedPhone.start({ address: host, username, password: secret, registrar, incomingCallAction: 'busy' }),
    );
    await phone.register();
  });
  afterAll(() => stack.disposeAsync());

  async function api<Reply>(path: string, body?: object): Promise<Reply> {
    const response = await fetch(`http://${host}:${app.http.port}/api${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { Authorization: `Bearer ${app.adminToken}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Reply;
  }

  async function callFromTrunk(user: string, from: string): Promise<number> {
    count += 1;
    const lines = [
      `INVITE sip:${user}@${host} SIP/2.0`,
      `Via: SIP/2.0/UDP ${trunk.host};branch=z9hG4bKn${count};rport`,
      'Max-Forwards: 70',
      `From: <sip:${from}@provider>;tag=n${count}`,
      `To: <sip:${user}@provider>`,
      `Call-ID: n${count}`,
      'CSeq: 1 INVITE',
      `Contact: <sip:gw@${trunk.host}>`,
    ];
    trunk.send(sipText([...lines, 'Content-Type: application/sdp'], sdp('127.0.0.2')));
    const { status } = await trunk.skipTo(({ status: one }) => (one ?? 0) >= 300);
    const ack = lines.map((line) => line.replace(/^INVITE/, 'ACK').replace('1 INVITE', '1 ACK'));
    trunk.send(sipText(ack));
    return status;
  }

  it.each([
    ['+4922112345', '+4915112345678', '+4915112345678'],
    ['022112345', '015112345678', '+4915112345678'],
    ['22112345', '15112345678', '+4915112345678'],
    ['4922112345', '4915112345678', '+4915112345678'],
    ['4922112345', '491716783150', '+491716783150'],
    ['22112345;phone-context=+49', '49221123456', '+49221123456'],
  ])('a call to %s from %s rings, and is listed with the caller %s', async (user, from, caller) => {
    expect(await callFromTrunk(user, from)).toBe(486);
    const { items } = await api<Page<Shown>>('/cdrs?per_page=1');
    expect(items[0]).toMatchObject({ number: '+4922112345', caller: { number: caller } });
    // The plus as a browser sends it, a space.
    expect((await api<Page<Shown>>(`/cdrs?number=${caller}`)).items[0]).toMatchObject({ caller: { number: caller } });
  });

  it.each([
    ['115', '115'],
    ['116117', '116117'],
    ['11833', '11833'],
    ['+49112', '112'],
    ['911', '112'],
    ['%E2%80%AA+4930901820%E2%80%AC', '+4930901820'],
    ['030901820%23', '+4930901820'],
    ['4915112345678', '+4915112345678'],
  ])('a phone that dials %s reaches %s', async (dialled, number) => {
    const call = phone.call(dialled);
    const invite = await trunk.skipTo(({ startLine }) => startLine.startsWith('INVITE'));
    expect(invite.startLine).toContain(`INVITE sip:${number}@127.0.0.2`);
    trunk.send(responseText(invite, '180 Ringing'));
    await call.reached('ringing');
    await phone.hangup(call);
    const cancel = await trunk.skipTo('CANCEL');
    trunk.send(responseText(cancel, '200 OK'));
    trunk.send(responseText(invite, '487 Request Terminated'));
    await trunk.skipTo('ACK');
  });

  it('a local number without its area code is not dialled', async () => {
    const call = phone.call('901820');
    await call.reached('ended');
    const { items } = await api<Page<{ dialled: string; reason: string }>>('/cdrs?per_page=1');
    expect(items[0]).toMatchObject({ dialled: '901820', reason: 'unknown-number' });
  });
});
