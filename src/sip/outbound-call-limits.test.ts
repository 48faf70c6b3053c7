import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import { connectPhones, SipHarness } from '#testing/harness/sip-harness.ts';
import type { ScriptedPhone } from '#testing/harness/sip-harness.ts';

let harness: SipHarness;
let trunk: SipPeer;
let a: ScriptedPhone;
let inside: string[];

beforeEach(async () => {
  inside = [];
  trunk = await SipPeer.udp({ address: '127.0.0.2' });
  const provider = { name: 'provider', host: '127.0.0.2', port: trunk.port, transport: 'udp', register: false } as const;
  harness = await SipHarness.start({
    trunks: [{ ...provider, allow: [] }],
    isLocalAddress: (address) => inside.includes(address),
  });
  a = await harness.phone('20');
});
afterEach(async () => {
  await harness[Symbol.asyncDispose]();
  await trunk[Symbol.asyncDispose]();
});

describe('an outbound call with the password of a phone', () => {
  it('goes out from where the phone is registered', async () => {
    a.invite('4165550123');
    await trunk.expect('INVITE');
  });

  it('is refused from anywhere else, but goes out from inside the house', async () => {
    harness.registrations.clear();
    a.invite('4165550123');
    await a.peer.skipTo(403);
    expect((await harness.closed()).verdict).toEqual({ disposition: 'failed', reason: 'not-registered-here' });
    expect(trunk.unread).toEqual([]);
    inside.push('127.0.0.1');
    a.invite('4165550123');
    await trunk.expect('INVITE');
  });

  it('is refused from anywhere else by a transfer too; emergency calls work from everywhere', async () => {
    const b = await harness.phone('21');
    const [atA] = await connectPhones(a, b);
    harness.registrations.clear();
    atA.request('REFER', { headers: ['Refer-To: <sip:4165550123@gosip>'] });
    const notify = await a.peer.skipTo((message) => message.body.includes('403'));
    expect(notify.method).toBe('NOTIFY');
    expect(trunk.unread).toEqual([]);
    a.invite('911');
    await trunk.expect('INVITE');
  });
});
