import { describe, expect, it } from 'vitest';
import type { CallerId } from '#calls/ports.ts';
import { trunkDestination, trunkHostPort } from './outbound-route.ts';
import type { TrunkSettings } from './settings.ts';

const settings: TrunkSettings = {
  name: 'provider',
  host: 'sip.example.com',
  port: 5061,
  transport: 'tls',
  username: 'line one',
  register: false,
  allow: [],
};
const accountRoute = { kind: 'account', host: 'pstn.example.com', fromHeader: 'X-From' } as const;
const from: CallerId = { number: '+14165550100', name: 'Home' };
const call = (caller: CallerId) => ({ number: '+13105550199', from: caller, credentials: undefined });

describe('an outbound call', () => {
  it('shows the caller ID in From and P-Asserted-Identity', () => {
    expect(trunkDestination(settings, call(from))).toMatchObject({
      uri: 'sip:+13105550199@sip.example.com:5061;transport=tls',
      from,
      account: undefined,
      headers: { 'P-Asserted-Identity': '<sip:+14165550100@localhost>' },
      trunk: 'provider',
    });
  });

  it.each(['requested', 'required'] as const)('is anonymous in From where privacy is %s', (privacy) => {
    expect(trunkDestination(settings, call({ ...from, privacy }))).toMatchObject({
      from: { number: '', name: '' },
      headers: { 'P-Asserted-Identity': '<sip:+14165550100@localhost>', Privacy: 'id' },
    });
  });

  it('names our account in From where the network wants that, and the caller ID in its header', () => {
    expect(trunkDestination({ ...settings, outboundRoute: accountRoute }, call(from))).toMatchObject({
      uri: 'sip:+13105550199@pstn.example.com:5061;transport=tls',
      account: 'sip:line%20one@pstn.example.com',
      headers: { 'X-From': '+14165550100' },
    });
  });

  it('does not leave by a network that would show the number where privacy is required', () => {
    const privately = (privacy: 'requested' | 'required') =>
      trunkDestination({ ...settings, outboundRoute: accountRoute }, call({ ...from, privacy }));
    expect(privately('required')).toBeUndefined();
    expect(privately('requested')).toBeDefined();
  });

  it('does not leave by a trunk for inbound calls only', () => {
    expect(trunkDestination({ ...settings, outboundRoute: { kind: 'none' } }, call(from))).toBeUndefined();
  });
});

it.each([
  ['udp', undefined, '192.0.2.9', '192.0.2.9'],
  ['tcp', 5070, '2001:db8::9', '[2001:db8::9]:5070;transport=tcp'],
] as const)('a host by %s at port %s is written as in a URI', (transport, port, host, written) => {
  const { port: _port, ...rest } = settings;
  expect(trunkHostPort({ ...rest, transport, ...(port === undefined ? {} : { port }) }, host)).toBe(written);
});
