import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { sipTransports } from '#devices/device.ts';
import type { OurNumber } from '#numbers/number.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import { responseText, sipText } from '#testing/base/sip-text.ts';
import { offerOf, SipHarness } from '#testing/harness/sip-harness.ts';
import { directMedia } from '#sip/relay/media-path.ts';
import type { SrfConnection } from '#sip/dialog/srf-connection.ts';
import { TrunkPeers } from './peers.ts';
import type { TrunkSettings } from './settings.ts';

const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

const number: OurNumber = {
  id: 'num_1',
  number: '+14165550100',
  name: 'Home',
  ownerPersonId: 'person_1',
  voiceEnabled: true,
  createdAt: 0,
};

async function startTrunkHarness(settings: Partial<TrunkSettings> = {}, numbers: readonly OurNumber[] = [number]) {
  const trunk = await SipPeer.udp({ address: '127.0.0.2' });
  open.push(trunk);
  const given = {
    name: 'provider',
    host: '127.0.0.2',
    port: trunk.port,
    transport: 'udp',
    register: false,
    allow: [],
    ...settings,
  } as const;
  const harness = await SipHarness.start({ trunks: [given], numbers });
  open.push(harness);
  trunk.target = harness.target;
  return { trunk, harness };
}

const account = { username: 'house', password: 'geheim' } as const;

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

function expectedResponse(header: string, method: string): string {
  const value = (name: string) => new RegExp(`${name}="?([^",]+)`).exec(header)?.[1] ?? '';
  const ha1 = md5(`house:provider:geheim`);
  return md5(`${ha1}:${value('nonce')}:${value('nc')}:${value('cnonce')}:auth:${md5(`${method}:${value('uri')}`)}`);
}

const challenge = 'Proxy-Authenticate: Digest realm="provider", nonce="n1", qop="auth", algorithm=MD5';

describe('a call outside', () => {
  it('goes to the trunk in E.164 with the person’s number, and answers its challenge', async () => {
    const { trunk, harness } = await startTrunkHarness(account);
    const a = await harness.phone('20', { personId: 'person_1' });
    const call = a.invite('4165550123');
    const invite = await trunk.expect('INVITE');
    expect(invite.startLine).toBe(`INVITE sip:+14165550123@127.0.0.2:${trunk.port} SIP/2.0`);
    expect(invite.header('From')).toMatch(/<sip:\+14165550100@127\.0\.0\.1/);
    expect(invite.header('P-Asserted-Identity')).toMatch(/<sip:\+14165550100@127\.0\.0\.1/);
    trunk.send(responseText(invite, '407 Proxy Authentication Required', { headers: [challenge] }));
    await trunk.expect('ACK');
    const second = await trunk.expect('INVITE');
    expect(second.header('Call-ID')).toBe(invite.header('Call-ID'));
    expect(second.header('From')).toBe(invite.header('From'));
    expect(Number.parseInt(second.header('CSeq') ?? '', 10)).toBe(Number.parseInt(invite.header('CSeq') ?? '', 10) + 1);
    const authorization = second.header('Proxy-Authorization') ?? '';
    expect(authorization).toContain(`response="${expectedResponse(authorization, 'INVITE')}"`);
    const contact = [`Contact: <sip:gw@${trunk.host}>`, 'Content-Type: application/sdp'];
    trunk.send(responseText(second, '183 Session Progress', { headers: contact, body: offerOf('gw') }));
    expect((await a.peer.expect(183)).body).toBe(offerOf('gw'));
    trunk.send(responseText(second, '200 OK', { headers: contact, body: offerOf('gw') }));
    await trunk.expect('ACK');
    call.learn(await a.peer.expect(200));
    call.ack();
    await call.bye();
    const bye = await trunk.expect('BYE');
    // Some trunks challenge a BYE too.
    trunk.send(responseText(bye, '407 Proxy Authentication Required', { headers: [challenge] }));
    const again = await trunk.expect('BYE');
    const signed = again.header('Proxy-Authorization') ?? '';
    expect(signed).toContain('nc=00000002');
    expect(signed).toContain(`response="${expectedResponse(signed, 'BYE')}"`);
    trunk.send(responseText(again, '200 OK'));
    const record = await harness.closed();
    expect(record).toMatchObject({
      direction: 'outbound',
      trunk: 'provider',
      number: '+14165550100',
      callee: { number: '+14165550123' },
    });
  });

  it.each([
    ['403 Forbidden', 403, { disposition: 'failed', reason: 'trunk-refused' }],
    ['404 Not Found', 404, { disposition: 'failed', reason: 'unknown-number' }],
    ['486 Busy Here', 486, { disposition: 'busy', reason: 'busy' }],
    ['503 Service Unavailable', 503, { disposition: 'failed', reason: 'unreachable' }],
    ['407 Proxy Authentication Required', 403, { disposition: 'failed', reason: 'trunk-refused' }],
  ])('that the trunk answers with %s', async (refusal, told, verdict) => {
    const { trunk, harness } = await startTrunkHarness();
    const a = await harness.phone('20');
    a.invite('4165550123');
    trunk.send(responseText(await trunk.expect('INVITE'), refusal, { headers: [challenge] }));
    await a.peer.expect(told);
    expect((await harness.closed()).verdict).toEqual(verdict);
  });

  it('to an emergency number goes out as dialled, with any number of the house', async () => {
    const { trunk, harness } = await startTrunkHarness();
    const a = await harness.phone('20');
    a.invite('911');
    const invite = await trunk.expect('INVITE');
    expect(invite.startLine).toContain('INVITE sip:911@127.0.0.2');
    expect(invite.header('From')).toContain('+14165550100');
  });

  it.each(['Privacy: id', 'privacy: Header;ID', 'Privacy: user'])(
    'hides the number outside where the phone asks: %s',
    async (wish) => {
      const { trunk, harness } = await startTrunkHarness();
      const a = await harness.phone('20', { personId: 'person_1' });
      a.invite('4165550123', { headers: [wish] });
      const invite = await trunk.expect('INVITE');
      expect(invite.header('From')).toMatch(/^"?Anonymous"? <sip:anonymous@anonymous\.invalid>/);
      expect(invite.header('Privacy')).toBe('id');
      expect(invite.header('P-Asserted-Identity')).toMatch(/<sip:\+14165550100@127\.0\.0\.1/);
    },
  );

  it('to an emergency number shows the caller ID whatever privacy the phone requests', async () => {
    const { trunk, harness } = await startTrunkHarness();
    const a = await harness.phone('20', { personId: 'person_1' });
    a.invite('911', { headers: ['Privacy: id;critical'], from: 'anonymous' });
    const invite = await trunk.expect('INVITE');
    expect(invite.header('From')).toContain('+14165550100');
    expect(invite.header('Privacy')).toBeUndefined();
  });

  it('does not leave by a trunk that shows every number where the phone insists', async () => {
    const outboundRoute = { kind: 'account', host: '127.0.0.2', fromHeader: 'X-From' } as const;
    const { trunk, harness } = await startTrunkHarness({ ...account, outboundRoute });
    const a = await harness.phone('20', { personId: 'person_1' });
    a.invite('4165550123', { headers: ['Privacy: id;critical'] });
    await a.peer.expect(503);
    expect(trunk.unread).toEqual([]);
  });

  it('goes out where the number was pasted with invisible characters', async () => {
    const { trunk, harness } = await startTrunkHarness();
    const a = await harness.phone('20', { personId: 'person_1' });
    a.invite('%E2%80%AA+14155550123%E2%80%AC');
    expect((await trunk.expect('INVITE')).startLine).toContain('INVITE sip:+14155550123@127.0.0.2');
  });

  it('to a crisis line goes out as dialled', async () => {
    const { trunk, harness } = await startTrunkHarness();
    const a = await harness.phone('20', { personId: 'person_1' });
    a.invite('988');
    expect((await trunk.expect('INVITE')).startLine).toContain('INVITE sip:988@127.0.0.2');
  });

  it('tries the next trunk where one cannot be reached', async () => {
    const second = await SipPeer.udp({ address: '127.0.0.3' });
    open.push(second);
    const first = await SipPeer.udp({ address: '127.0.0.2' });
    open.push(first);
    const common = { transport: 'udp', register: false, allow: [] } as const;
    const harness = await SipHarness.start({
      trunks: [
        { ...common, name: 'one', host: '127.0.0.2', port: first.port },
        { ...common, name: 'two', host: '127.0.0.3', port: second.port },
      ],
    });
    open.push(harness);
    [first.target, second.target] = [harness.target, harness.target];
    const a = await harness.phone('20');
    a.invite('4165550123');
    first.send(responseText(await first.expect('INVITE'), '503 Service Unavailable'));
    second.send(responseText(await second.expect('INVITE'), '404 Not Found'));
    await a.peer.expect(404);
  });

  describe('where a trunk asks for a rest', () => {
    async function twoTrunks() {
      const [first, second] = [await SipPeer.udp({ address: '127.0.0.2' }), await SipPeer.udp({ address: '127.0.0.3' })];
      open.push(first, second);
      const common = { transport: 'udp', register: false, allow: [] } as const;
      const harness = await SipHarness.start({
        trunks: [
          { ...common, name: 'one', host: '127.0.0.2', port: first.port },
          { ...common, name: 'two', host: '127.0.0.3', port: second.port },
        ],
      });
      open.push(harness);
      [first.target, second.target] = [harness.target, harness.target];
      return { first, second, harness };
    }

    it('leaves by another one until then; emergency calls try it all the same', async () => {
      const { first, second, harness } = await twoTrunks();
      const a = await harness.phone('20');
      a.invite('4165550123');
      first.send(
        responseText(await first.expect('INVITE'), '503 Service Unavailable', { headers: ['Retry-After: 3600 (busy)'] }),
      );
      second.send(responseText(await second.expect('INVITE'), '486 Busy Here'));
      await a.peer.expect(486);
      await first.expect('ACK');
      await second.expect('ACK');
      a.invite('4165550123');
      second.send(responseText(await second.expect('INVITE'), '486 Busy Here'));
      await a.peer.expect(486);
      expect(first.unread).toEqual([]);
      a.invite('911');
      expect((await first.expect('INVITE')).startLine).toContain('sip:911@');
    });

    it('leaves by it again when the pause is over', async () => {
      const { first, second, harness } = await twoTrunks();
      const a = await harness.phone('20');
      a.invite('4165550123');
      first.send(responseText(await first.expect('INVITE'), '503 Service Unavailable', { headers: ['Retry-After: 1'] }));
      second.send(responseText(await second.expect('INVITE'), '486 Busy Here'));
      expect(harness.sip.trunks.names()).toEqual(['two']);
      expect(harness.sip.trunks.names(true)).toEqual(['one', 'two']);
      await harness.until(() => harness.sip.trunks.names()[0] === 'one', 'the end of the rest');
    });

    it('leaves by it where there is no other, and the caller gets its Retry-After', async () => {
      const { trunk, harness } = await startTrunkHarness();
      const a = await harness.phone('20');
      for (const round of [1, 2]) {
        a.invite('4165550123');
        trunk.send(responseText(await trunk.skipTo('INVITE'), '503 Unavailable', { headers: [`Retry-After: ${round}7`] }));
        expect((await a.peer.expect(503)).header('Retry-After')).toBe(`${round}7`);
      }
    });
  });

  it('to one of our numbers rings inside the house', async () => {
    const { trunk, harness } = await startTrunkHarness();
    const [a, b] = [await harness.phone('20'), await harness.phone('21', { personId: 'person_1' })];
    a.invite('4165550100');
    b.reply(await b.incomingCall(), '486 Busy Here');
    await a.peer.expect(486);
    expect(trunk.unread).toEqual([]);
  });
});

type Inbound = { to?: string; uri?: string; headers?: readonly string[]; branch?: string; via?: string };

function inbound(trunk: SipPeer, given: Inbound = {}): void {
  const { to = '+14165550100', headers = [], branch = '1', via = 'UDP' } = given;
  const uri = given.uri ?? `sip:${to}@127.0.0.1`;
  trunk.send(
    sipText(
      [
        `INVITE ${uri} SIP/2.0`,
        `Via: SIP/2.0/${via} ${trunk.host};branch=z9hG4bKin${branch};rport`,
        'Max-Forwards: 70',
        `From: "Doctor" <sip:+4930901820@provider>;tag=in${branch}`,
        `To: <sip:${to}@provider>`,
        `Call-ID: in${branch}`,
        'CSeq: 1 INVITE',
        `Contact: <sip:gw@${trunk.host}>`,
        'Content-Type: application/sdp',
        ...headers,
      ],
      offerOf('gw'),
    ),
  );
}

describe('a caller who requests privacy', () => {
  it.each([
    ['Privacy: id'],
    ['privacy:  Header ; User'],
    ['P-Asserted-Identity: <sip:anonymous@anonymous.invalid>'],
    ['Remote-Party-ID: "Doctor" <sip:+4930901820@provider>;privacy=full;screen=yes'],
  ])('is nobody on displays and in records: %s', async (header) => {
    const { trunk, harness } = await startTrunkHarness({ allow: ['127.0.0.2'] });
    const b = await harness.phone('21', { personId: 'person_1' });
    inbound(trunk, { headers: [header, ...(header.startsWith('P-A') ? [] : ['P-Asserted-Identity: <tel:+4930901820>'])] });
    const rung = await b.incomingCall();
    expect(rung.invite?.text).not.toMatch(/4930901820|Doctor/);
    expect(rung.invite?.header('From')).toMatch(/^"?Anonymous"? <sip:anonymous@anonymous\.invalid>/);
    expect(harness.calls.list()[0]?.record.caller).toMatchObject({ number: '', name: 'Anonymous' });
    b.reply(rung, '486 Busy Here');
    await trunk.expect(486);
    const record = await harness.closed();
    expect(JSON.stringify([record, harness.store.legsOf(record.id)])).not.toMatch(/4930901820|Doctor/);
  });
});

describe('a call from the trunk', () => {
  it('rings the devices of the number’s owner', async () => {
    const { trunk, harness } = await startTrunkHarness({ allow: ['127.0.0.2/32'] });
    const [b, c] = [await harness.phone('21', { personId: 'person_1' }), await harness.phone('22', { personId: 'person_1' })];
    inbound(trunk, { to: '14165550100' });
    const rung = await b.incomingCall();
    const other = await c.incomingCall();
    expect(rung.invite?.header('From')).toContain('"Doctor" <sip:+4930901820@127.0.0.1');
    b.reply(rung, '200 OK', { body: offerOf('21') });
    c.reply(other, '486 Busy Here');
    const ok = await trunk.expect(200);
    expect(ok.body).toBe(offerOf('21'));
    const record = harness.records()[0];
    expect(record).toMatchObject({ direction: 'inbound', trunk: 'provider', caller: { number: '+4930901820', name: 'Doctor' } });
    expect(record?.callee.deviceId).toBe('dev_21');
  });

  it.each([
    'sip:4165550100;phone-context=+1@127.0.0.1;user=phone',
    'tel:4165550100;phone-context=+1',
    'tel:+1-416-555-0100',
    'sip:14165550100;npdi;rn=14165550000@127.0.0.1',
    'sip:+1%E2%80%91416%E2%80%91555%E2%80%910100@127.0.0.1',
    'sip:%E2%80%AA+14165550100%E2%80%AC@127.0.0.1',
    'sip:01114165550100@127.0.0.1',
  ])('to our number rings, written %s', async (uri) => {
    const { trunk, harness } = await startTrunkHarness({ allow: ['127.0.0.2/32'] });
    const b = await harness.phone('21', { personId: 'person_1' });
    inbound(trunk, { uri, headers: ['Diversion: <sip:+14165550199@provider>;reason=unconditional'] });
    await b.incomingCall();
    expect(harness.records()[0]).toMatchObject({ number: '+14165550100', caller: { number: '+4930901820' } });
  });

  it('must carry the secret header where there is one', async () => {
    const secretHeader = { name: 'X-Our-Secret', value: 's3cret' };
    const { trunk, harness } = await startTrunkHarness({ allow: ['127.0.0.2'], secretHeader });
    const b = await harness.phone('21', { personId: 'person_1' });
    inbound(trunk);
    await trunk.expect(401);
    inbound(trunk, { headers: ['X-Our-Secret: wrong'], branch: '2' });
    await trunk.skipTo(401);
    inbound(trunk, { headers: ['x-our-secret: s3cret'], branch: '3' });
    await b.incomingCall();
    expect(harness.records()).toHaveLength(1);
  });

  it('by UDP is unauthenticated where the trunk uses TCP, and the trunk’s by a connection', async () => {
    const { trunk, harness } = await startTrunkHarness({ allow: ['127.0.0.2'], transport: 'tcp' });
    const b = await harness.phone('21', { personId: 'person_1' });
    inbound(trunk);
    await trunk.expect(401);
    expect(b.peer.unread).toEqual([]);
    const connected = await SipPeer.tcp({ address: '127.0.0.1', port: harness.port('tcp') }, { localAddress: '127.0.0.2' });
    open.push(connected);
    inbound(connected, { via: 'TCP', branch: '2' });
    await b.incomingCall();
  });

  it.each([
    ['udp', undefined, { udp: true, tcp: true, tls: true, ws: false, wss: false }],
    ['tcp', undefined, { udp: false, tcp: true, tls: true, ws: false, wss: false }],
    ['tls', undefined, { udp: false, tcp: false, tls: true, ws: false, wss: false }],
    ['tls', 'udp', { udp: true, tcp: true, tls: true, ws: false, wss: false }],
  ] as const)(
    'of a trunk over %s that calls by %s is believed by its own transport or a safer one',
    (transport, inboundTransport, by) => {
      const settings = {
        name: 'provider',
        host: 'x',
        register: false,
        transport,
        ...(inboundTransport && { inboundTransport }),
      } as const;
      const allowed = ['127.0.0.2', '2001:db8::/32', 'fe80::7'];
      const log = createLog({ level: 'silent' });
      const parts = { connection: {} as SrfConnection, clock: new FakeClock(), log, media: directMedia };
      const trunks = new TrunkPeers(parts, [{ ...settings, allow: allowed }]);
      const addresses = ['127.0.0.2', '::ffff:127.0.0.2', '2001:DB8:0::5', 'fe80::7%eth0'];
      for (const address of addresses) {
        const known = sipTransports.map((protocol) => [protocol, trunks.isTrunkSource({ protocol, address, port: 5060 })]);
        expect(Object.fromEntries(known)).toEqual(by);
      }
      expect(trunks.isTrunkSource({ protocol: 'tls', address: '127.0.0.3', port: 5060 })).toBe(false);
    },
  );

  it('is unauthenticated from any other address', async () => {
    const { trunk, harness } = await startTrunkHarness({ allow: ['127.0.0.9'] });
    await harness.phone('21', { personId: 'person_1' });
    inbound(trunk);
    await trunk.expect(401);
    expect(harness.records()).toEqual([]);
  });

  it.each([
    ['+14165550199', number, 404, { disposition: 'failed', reason: 'unknown-number' }],
    ['+14165550100', { ...number, ownerPersonId: undefined }, 404, { disposition: 'failed', reason: 'no-owner' }],
    ['+14165550100', { ...number, voiceEnabled: false }, 403, { disposition: 'blocked', reason: 'switched-off' }],
    ['+14165550100', number, 480, { disposition: 'missed', reason: 'no-devices' }],
  ])('to %s is refused where nobody can take it', async (to, ours, status, verdict) => {
    const { trunk, harness } = await startTrunkHarness({ allow: ['127.0.0.2'] }, [ours]);
    inbound(trunk, { to });
    await trunk.expect(status);
    expect((await harness.closed()).verdict).toEqual(verdict);
  });

  it('may not transfer us into a call outside', async () => {
    const { trunk, harness } = await startTrunkHarness({ allow: ['127.0.0.2'] });
    const b = await harness.phone('21', { personId: 'person_1' });
    inbound(trunk);
    await b.answer(await b.incomingCall());
    const ok = await trunk.skipTo(200);
    const target = /<([^>]+)>/.exec(ok.header('Contact') ?? '')?.[1] ?? '';
    const inDialog = (method: string, cseq: number, headers: readonly string[]) =>
      trunk.send(
        sipText([
          `${method} ${target} SIP/2.0`,
          `Via: SIP/2.0/UDP ${trunk.host};branch=z9hG4bK${method}${cseq};rport`,
          'Max-Forwards: 70',
          `From: ${ok.header('From')}`,
          `To: ${ok.header('To')}`,
          'Call-ID: in1',
          `CSeq: ${cseq} ${method}`,
          `Contact: <sip:gw@${trunk.host}>`,
          ...headers,
        ]),
      );
    inDialog('ACK', 1, []);
    inDialog('REFER', 2, ['Refer-To: <sip:+19005550123@gosip>']);
    await trunk.skipTo(603);
  });
});

describe('registration at the trunk', () => {
  it('answers the challenge, honours 423, and takes calls to its secret contact', async () => {
    const { trunk, harness } = await startTrunkHarness({ ...account, register: true });
    const b = await harness.phone('21', { personId: 'person_1' });
    const first = await trunk.expect('REGISTER');
    expect(first.header('To')).toBe('<sip:house@127.0.0.2>');
    trunk.send(responseText(first, '407 Proxy Authentication Required', { headers: [challenge] }));
    const second = await trunk.skipTo((message) => message.header('Proxy-Authorization') !== undefined);
    const authorization = second.header('Proxy-Authorization') ?? '';
    expect(authorization).toContain(`response="${expectedResponse(authorization, 'REGISTER')}"`);
    trunk.send(responseText(second, '423 Interval Too Brief', { headers: ['Min-Expires: 7200'] }));
    const third = await trunk.skipTo((message) => message.header('Expires') === '7200');
    const contact = /<([^>]+)>/.exec(third.header('Contact') ?? '')?.[1] ?? '';
    trunk.send(responseText(third, '200 OK', { headers: [`Contact: <${contact}>;expires=7200`] }));
    await harness.until(() => harness.sip.trunkStates()[0]?.isReady === true, 'the registration');
    inbound(trunk, { uri: contact });
    await b.incomingCall();
    expect(harness.records()[0]).toMatchObject({ trunk: 'provider', number: '+14165550100' });
    inbound(trunk, { uri: contact.replace(/gosip-\w+/, 'gosip-guess'), branch: '2' });
    await trunk.skipTo(401);
    const stopped = harness.sip.stop();
    expect((await trunk.skipTo((message) => message.method === 'REGISTER')).header('Expires')).toBe('0');
    await stopped;
  });
});

describe('a trunk that has headers of its own for its calls', () => {
  const twilio = {
    ...account,
    register: true,
    domain: 'home.example',
    keepAliveSeconds: 25,
    callHeaders: { number: 'X-Did', join: 'X-Gosip-Call' },
  };

  async function registered() {
    const { trunk, harness } = await startTrunkHarness(twilio);
    const first = await trunk.expect('REGISTER');
    expect(first.header('To')).toBe('<sip:house@home.example>');
    const contact = /<([^>]+)>/.exec(first.header('Contact') ?? '')?.[1] ?? '';
    trunk.send(responseText(first, '200 OK', { headers: [`Contact: <${contact}>;expires=600`] }));
    await harness.until(() => harness.sip.trunkStates()[0]?.isReady === true, 'the registration');
    return { trunk, harness, contact };
  }

  it('has the number there, where To names our account', async () => {
    const { trunk, harness, contact } = await registered();
    const b = await harness.phone('21', { personId: 'person_1' });
    inbound(trunk, { to: 'house', uri: contact, headers: ['X-did: +14165550100', 'X-gosip-call: unknown-token'] });
    await b.incomingCall();
    expect(harness.records()[0]).toMatchObject({ trunk: 'provider', number: '+14165550100', direction: 'inbound' });
  });

  it('may be replaced while it is registered: the old one is unregistered first', async () => {
    const { trunk, harness } = await registered();
    const changed = harness.sip.setTrunk('provider', {
      name: 'provider',
      host: '127.0.0.2',
      port: trunk.port,
      transport: 'udp',
      allow: [],
      ...twilio,
      domain: 'other.example',
    });
    const last = await trunk.expect('REGISTER');
    expect([last.header('Expires'), last.header('To')]).toEqual(['0', '<sip:house@home.example>']);
    trunk.send(responseText(last, '200 OK'));
    await changed;
    expect((await trunk.expect('REGISTER')).header('To')).toBe('<sip:house@other.example>');
    await harness.sip.setTrunk('provider', undefined);
    expect(harness.sip.trunkStates()).toEqual([]);
    expect(harness.sip.trunks.names()).toEqual([]);
  });
});

describe('how calls leave by a trunk', () => {
  it('with our account in From and the number beside it', async () => {
    const outboundRoute = { kind: 'account', host: '127.0.0.2', fromHeader: 'X-Gosip-From' } as const;
    const { trunk, harness } = await startTrunkHarness({ ...account, domain: 'home.example', outboundRoute });
    const a = await harness.phone('20', { personId: 'person_1' });
    a.invite('4165550123');
    const invite = await trunk.expect('INVITE');
    expect(invite.startLine).toContain('INVITE sip:+14165550123@127.0.0.2');
    expect(invite.header('From')).toContain('<sip:house@home.example>');
    expect(invite.header('X-Gosip-From')).toBe('+14165550100');
    expect(invite.header('P-Asserted-Identity')).toBeUndefined();
  });

  it('or not at all', async () => {
    const { trunk, harness } = await startTrunkHarness({ outboundRoute: { kind: 'none' } });
    const a = await harness.phone('20', { personId: 'person_1' });
    a.invite('4165550123');
    await a.peer.expect(503);
    expect(trunk.unread).toEqual([]);
    expect((await harness.closed()).verdict).toMatchObject({ reason: 'no-trunk' });
  });
});

describe('a trunk that calls a fixed user of ours', () => {
  it('has the number in Diversion, and the caller in P-Asserted-Identity', async () => {
    const { trunk, harness } = await startTrunkHarness({ allow: ['127.0.0.2'] });
    const b = await harness.phone('21', { personId: 'person_1' });
    inbound(trunk, {
      to: 'house',
      uri: 'sip:house@127.0.0.1',
      headers: [
        'Diversion: <sip:+14165550100@twilio.com>;reason=unconditional',
        'P-Asserted-Identity: <sip:+14165550111@pstn.twilio.com:5060>',
      ],
    });
    await b.incomingCall();
    expect(harness.records()[0]).toMatchObject({ number: '+14165550100', caller: { number: '+14165550111', name: 'Doctor' } });
  });
});
