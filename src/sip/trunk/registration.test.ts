import { beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import type { SrfRequestOptions, SrfResponse, RequestListener } from '#sip/message/srf-types.ts';
import { OutboundRegistration } from './registration.ts';
import type { OutboundRegistrationSettings } from './registration.ts';

const settings: OutboundRegistrationSettings = {
  username: 'gosip',
  password: 'A-Secret-42',
  domain: 'home.sip.twilio.com',
  transportParam: ';transport=tls',
  uri: 'sip:home.sip.frankfurt.twilio.com;transport=tls',
  keepAliveSeconds: 25,
};
const challenge = 'Digest realm="sip.twilio.com", qop="auth", nonce="n1", opaque="o1"';

type Sent = SrfRequestOptions & { readonly listener: RequestListener };

describe('an account at a trunk', () => {
  let clock: FakeClock;
  let sent: Sent[];
  let seen: string[];
  let account: OutboundRegistration;

  const open = () =>
    new OutboundRegistration(
      {
        clock,
        log: createLog({ level: 'silent' }),
        learnPublicAddress: (address) => void seen.push(address),
        connection: { send: (request, listener) => void sent.push({ ...request, listener }) },
      },
      settings,
    );
  const last = (): Sent => sent.at(-1) as Sent;
  const reply = (status: number, headers: Record<string, string> = {}, rport = 40_000) => {
    const via = `SIP/2.0/TLS 10.0.0.2:5061;branch=z9hG4bK1;received=203.0.113.7;rport=${rport}`;
    const response = { status, reason: '', headers: { via, ...headers }, source_address: '', source_port: 0 };
    last().listener.response(response as SrfResponse, () => {});
  };
  const granted = (seconds: number, rport?: number) =>
    reply(
      200,
      { contact: `<sip:other@10.0.0.9>;expires=20, <sip:${account.contactUser}@10.0.0.2:5061>;expires=${seconds}` },
      rport,
    );
  const methods = () => sent.map(({ method }) => method);

  beforeEach(() => {
    clock = new FakeClock();
    sent = [];
    seen = [];
    account = open();
    account.start();
  });

  it('answers 407 with Proxy-Authorization, at the edge, for the domain', () => {
    expect(last()).toMatchObject({ method: 'REGISTER', uri: settings.uri });
    expect(last().headers).toMatchObject({ To: '<sip:gosip@home.sip.twilio.com>', Expires: '3600' });
    expect(last().headers['Contact']).toBe(`<sip:${account.contactUser}@localhost;transport=tls>`);
    reply(407, { 'proxy-authenticate': challenge });
    expect(last().headers['Proxy-Authorization']).toContain(`uri="${settings.uri}"`);
    expect(last().headers['Authorization']).toBeUndefined();
    granted(600);
    expect(account.isRegistered).toBe(true);
    expect(seen).toContain('203.0.113.7');
  });

  it('repeats its credentials after a new challenge, three times at most', () => {
    for (let round = 0; round < 5; round += 1) reply(407, { 'proxy-authenticate': challenge });
    expect(sent).toHaveLength(3);
    expect(account.isRegistered).toBe(false);
  });

  it('refreshes what was granted at half time, with the same contact, also after a start anew', () => {
    granted(600);
    const contact = last().headers['Contact'];
    const registers = () => sent.filter(({ method }) => method === 'REGISTER');
    clock.advance(299_000);
    expect(registers()).toHaveLength(1);
    clock.advance(1_000);
    expect(registers().map(({ headers }) => headers['Contact'])).toEqual([contact, contact]);
    expect(open().contactUser).toBe(account.contactUser);
  });

  it('uses the minimum of the trunk where its own interval was too brief', () => {
    reply(423, { 'min-expires': '7200' });
    clock.advance(0);
    expect(last().headers['Expires']).toBe('7200');
  });

  it('registers again when the trunk sees it somewhere else, and only then', () => {
    granted(3600);
    clock.advance(25_000);
    expect(last()).toMatchObject({ method: 'OPTIONS', uri: settings.uri });
    reply(200);
    clock.advance(25_000);
    expect(methods()).toEqual(['REGISTER', 'OPTIONS', 'OPTIONS']);
    reply(200, {}, 40_001);
    expect(last().method).toBe('REGISTER');
    granted(3600, 40_001);
    clock.advance(25_000);
    reply(200, {}, 40_001);
    expect(last().method).toBe('OPTIONS');
  });

  it.each([408, 503])('registers again when the trunk is away (%i)', (status) => {
    granted(3600);
    clock.advance(25_000);
    reply(status);
    expect(last().method).toBe('REGISTER');
  });

  it('is probed while it is unreachable, and registered with as soon as it responds', () => {
    for (let round = 0; round < 6; round += 1) {
      reply(503);
      clock.advance(round < 3 ? 5 * 2 ** round * 1000 : 0);
    }
    expect(last().method).toBe('REGISTER');
    clock.advance(25_000);
    expect(last().method).toBe('OPTIONS');
    reply(408);
    expect(last().method).toBe('OPTIONS');
    reply(404);
    expect(last().method).toBe('REGISTER');
    granted(3600);
    expect(account.isRegistered).toBe(true);
  });

  it('registers at once when an unreachable trunk calls, and not after a refusal', () => {
    reply(503);
    account.onTrunkAlive();
    expect(methods()).toEqual(['REGISTER', 'REGISTER']);
    account.onTrunkAlive();
    expect(methods()).toHaveLength(2);
    reply(403);
    account.onTrunkAlive();
    expect(methods()).toHaveLength(2);
  });

  it('accepts a trunk that does not support OPTIONS', () => {
    granted(3600);
    clock.advance(25_000);
    reply(405);
    expect(last().method).toBe('OPTIONS');
  });

  it('unregisters at the end, and waits for the response', async () => {
    granted(3600);
    let isOver = false;
    const stopped = account.stop().then(() => (isOver = true));
    expect(last()).toMatchObject({ method: 'REGISTER', headers: { Expires: '0' } });
    reply(407, { 'proxy-authenticate': challenge });
    await Promise.resolve();
    expect(isOver).toBe(false);
    reply(200);
    await stopped;
    clock.advance(3_600_000);
    expect(methods()).toEqual(['REGISTER', 'REGISTER', 'REGISTER']);
  });

  it('does not wait forever for a trunk that is gone', async () => {
    granted(3600);
    const stopped = account.stop();
    clock.advance(2_000);
    await stopped;
  });
});
