import { afterEach, describe, expect, it } from 'vitest';
import type { OurNumber } from '#numbers/number.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import { offerOf, SipHarness } from '#testing/harness/sip-harness.ts';
import type { SipHarnessOptions, ScriptedPhone } from '#testing/harness/sip-harness.ts';
import { responseText } from '#testing/base/sip-text.ts';
import { parseRedirection } from './redirect.ts';

describe('where a phone wants its call', () => {
  it.each<[string, Record<string, string>, readonly string[]]>([
    ['an extension', { contact: '<sip:22@gosip>' }, ['22']],
    ['without brackets', { contact: 'sip:22@gosip;q=0.5' }, ['22']],
    ['a tel URI', { contact: '<tel:22>' }, ['22']],
    ['an escaped number', { contact: '<sip:%2B14155550123@192.168.1.1:5060;user=phone>' }, ['+14155550123']],
    ['in order of q', { contact: '<sip:22@h>;q=0.3, <sip:23@h>;q=0.9, <sip:24@h>' }, ['24', '23', '22']],
    ['of equal q as listed', { contact: '<sip:22@h>, <sip:23@h>' }, ['22', '23']],
    ['a q that is none', { contact: '<sip:22@h>;q=0.5, <sip:23@h>;q=high' }, ['23', '22']],
    ['each once', { contact: '<sip:22@h>;q=0.1, <tel:22>' }, ['22']],
    ['a web page', { contact: '<https://example.com>' }, []],
    ['nowhere', {}, []],
  ])('%s', (_name, headers, to) => {
    expect(parseRedirection(302, headers, false)).toEqual({ to, reason: 'unconditional' });
  });

  it('gets the reason of its Diversion, or one by whether it rang', () => {
    const contact = '<sip:22@h>';
    expect(parseRedirection(302, { contact, Diversion: '<sip:21@h>;reason="user-busy"' }, false)?.reason).toBe('user-busy');
    expect(parseRedirection(302, { contact, Diversion: '<sip:21@h>;reason="a;b"' }, true)?.reason).toBe('no-answer');
  });

  it.each([380, 399, 486, 200])('is in no %i', (status) => {
    expect(parseRedirection(status, { contact: '<sip:22@h>' }, false)).toBeUndefined();
  });
});

const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function startHarness(options: SipHarnessOptions = {}): Promise<SipHarness> {
  const harness = await SipHarness.start(options);
  open.push(harness);
  return harness;
}

const to = (...contacts: readonly string[]) => ({ headers: contacts.map((contact) => `Contact: ${contact}`) });

/** The phone has been rung and sends the call on. */
async function sends(phone: ScriptedPhone, contact: string, status = '302 Moved Temporarily'): Promise<void> {
  const rung = await phone.incomingCall();
  phone.peer.send(responseText(rung.invite ?? fail(), status, { tag: rung.localTag, ...to(contact) }));
  await phone.peer.expect('ACK');
}

function fail(): never {
  throw new Error('There is no INVITE');
}

describe('a phone that forwards its calls', () => {
  it.each([
    ['302 Moved Temporarily', '<sip:22@gosip>'],
    ['301 Moved Permanently', '<sip:22@127.0.0.1>'],
    ['305 Use Proxy', '<sip:22@127.0.0.1>'],
    ['302 Moved Temporarily', '<tel:22>'],
  ])('by %s to %s lets the other phone ring', async (status, contact) => {
    const harness = await startHarness();
    const [a, b, c] = [await harness.phone('20'), await harness.phone('21'), await harness.phone('22')];
    const call = a.invite('21');
    await sends(b, contact, status);
    await a.peer.expect(181);
    const rung = await c.incomingCall();
    expect(rung.invite?.header('From')).toContain('"Phone 20" <sip:20@');
    expect(rung.invite?.header('Diversion')).toMatch(/^"Phone 21" <sip:21@127\.0\.0\.1>;reason=unconditional/);
    c.reply(rung, '180 Ringing');
    await a.peer.expect(180);
    c.reply(rung, '200 OK', { body: offerOf('22') });
    await c.peer.expect('ACK');
    call.learn(await a.peer.expect(200));
    call.ack();
    await call.bye();
    const record = await harness.closed();
    expect(record.verdict).toEqual({ disposition: 'answered', reason: 'caller-hung-up' });
    expect(record.callee.deviceId).toBe('dev_22');
    const legs = harness.store.legsOf(record.id).map(({ name, outcome, sipStatus }) => [name, outcome, sipStatus]);
    expect(legs).toContainEqual(['Phone 21', 'redirected', Number(status.slice(0, 3))]);
    expect(legs).toContainEqual(['Phone 22', 'answered', 200]);
    await harness.idle();
  });

  it.each([
    ['itself', '<sip:21@gosip>'],
    ['its caller', '<sip:20@gosip>'],
    ['the police', '<sip:911@gosip>'],
    ['nobody', '<sip:29@gosip>'],
    ['a service code', '<sip:*97@gosip>'],
    ['outside, where there is no trunk', '<tel:+14165550188>'],
  ])('to %s is told so in the record, and the caller gets 480', async (_name, contact) => {
    const harness = await startHarness();
    const [a, b] = [await harness.phone('20'), await harness.phone('21')];
    a.invite('21');
    await sends(b, contact);
    await a.peer.expect(480);
    const record = await harness.closed();
    expect(record.verdict).toEqual({ disposition: 'failed', reason: 'redirected' });
    expect(harness.store.legsOf(record.id)[1]).toMatchObject({ outcome: 'redirected', sipStatus: 302 });
    await harness.idle();
  });

  it('ends where phones send a call round in a circle', async () => {
    const harness = await startHarness();
    const [a, b, c] = [await harness.phone('20'), await harness.phone('21'), await harness.phone('22')];
    a.invite('21');
    await sends(b, '<sip:22@gosip>');
    await sends(c, '<sip:21@gosip>');
    await a.peer.skipTo(480);
    expect((await harness.closed()).verdict).toEqual({ disposition: 'failed', reason: 'redirected' });
    expect(b.peer.unread).toEqual([]);
  });

  it('to a second choice where the first is busy', async () => {
    const harness = await startHarness();
    const phones = await Promise.all(['20', '21', '22', '23'].map((extension) => harness.phone(extension)));
    const [a, b, c, d] = phones as [ScriptedPhone, ScriptedPhone, ScriptedPhone, ScriptedPhone];
    a.invite('21');
    await sends(b, '<sip:23@gosip>;q=0.2, <sip:22@gosip>;q=0.8');
    c.reply(await c.incomingCall(), '486 Busy Here');
    d.reply(await d.incomingCall(), '486 Busy Here');
    await a.peer.skipTo(486);
    expect((await harness.closed()).verdict).toEqual({ disposition: 'busy', reason: 'busy' });
  });

  it('to a phone that is not registered is missed for that reason', async () => {
    const harness = await startHarness();
    const [a, b] = [await harness.phone('20'), await harness.phone('21')];
    harness.device('22');
    a.invite('21');
    await sends(b, '<sip:22@gosip>');
    await a.peer.skipTo(480);
    expect((await harness.closed()).verdict).toEqual({ disposition: 'missed', reason: 'offline' });
  });

  it('is heard while another phone of the person rings, which may still answer', async () => {
    const harness = await startHarness();
    const [a, b, again, c] = [
      await harness.phone('20'),
      await harness.phone('21'),
      await harness.phone('21'),
      await harness.phone('22'),
    ];
    const call = a.invite('21');
    const ringing = await again.incomingCall();
    again.reply(ringing, '180 Ringing');
    await a.peer.expect(180);
    await sends(b, '<sip:22@gosip>');
    const rung = await c.incomingCall();
    c.reply(rung, '180 Ringing');
    await harness.until(() => [...(harness.calls.list()[0]?.legs ?? [])].at(-1)?.ringingAt !== undefined, 'ringing at 22');
    again.reply(ringing, '200 OK', { body: offerOf('21') });
    c.reply(rung, '200 OK', { to: await c.peer.expect('CANCEL') });
    c.reply(rung, '487 Request Terminated');
    call.learn(await a.peer.expect(200));
    call.ack();
    await call.bye();
    await harness.closed();
  });

  it('is given up with its caller', async () => {
    const harness = await startHarness();
    const [a, b, c] = [await harness.phone('20'), await harness.phone('21'), await harness.phone('22')];
    const call = a.invite('21');
    await sends(b, '<sip:22@gosip>');
    const rung = await c.incomingCall();
    c.reply(rung, '180 Ringing');
    await a.peer.skipTo(180);
    a.cancel(call, '21');
    c.reply(rung, '200 OK', { to: await c.peer.expect('CANCEL') });
    c.reply(rung, '487 Request Terminated');
    await a.peer.skipTo(487);
    expect((await harness.closed()).verdict?.reason).toBe('caller-cancelled');
    await harness.idle();
  });
});

describe('a phone that forwards its calls outside', () => {
  const ours: OurNumber = {
    id: 'num_1',
    number: '+14165550100',
    name: 'Home',
    ownerPersonId: 'person_1',
    voiceEnabled: true,
    createdAt: 0,
  };

  async function withTrunk(): Promise<{ harness: SipHarness; trunk: SipPeer }> {
    const trunk = await SipPeer.udp({ address: '127.0.0.2' });
    open.push(trunk);
    const settings = { name: 'provider', host: '127.0.0.2', port: trunk.port, transport: 'udp', register: false } as const;
    const harness = await startHarness({ trunks: [{ ...settings, allow: ['127.0.0.2'] }], numbers: [ours] });
    trunk.target = harness.target;
    return { harness, trunk };
  }

  it('calls there as its owner would', async () => {
    const { harness, trunk } = await withTrunk();
    const [a, b] = [await harness.phone('20'), await harness.phone('21', { personId: 'person_1' })];
    a.invite('21');
    await sends(b, '<sip:4165550188@gosip>');
    const invite = await trunk.expect('INVITE');
    expect(invite.startLine).toContain('INVITE sip:+14165550188@127.0.0.2');
    expect(invite.header('From')).toContain('<sip:+14165550100@');
    expect(invite.header('Diversion')).toMatch(/<sip:\+14165550100@127\.0\.0\.2>;reason=unconditional/);
    trunk.send(responseText(invite, '486 Busy Here'));
    await a.peer.skipTo(486);
    expect((await harness.closed()).verdict).toEqual({ disposition: 'busy', reason: 'busy' });
  });

  it('is not followed where it is a trunk that sends the call elsewhere', async () => {
    const { harness, trunk } = await withTrunk();
    const a = await harness.phone('20');
    await harness.phone('22');
    a.invite('4165550188');
    trunk.send(responseText(await trunk.expect('INVITE'), '302 Moved', to('<sip:22@gosip>')));
    await a.peer.expect(480);
    expect((await harness.closed()).verdict).toEqual({ disposition: 'failed', reason: 'redirected' });
  });
});
