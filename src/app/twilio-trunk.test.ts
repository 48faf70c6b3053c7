import { expect, test } from 'vitest';
import { noSettings } from '#twilio/api/settings.ts';
import { twilioTrunk } from './twilio-trunk.ts';

const ready = {
  ...noSettings,
  domain: { sid: 'SD1', name: 'gosip-1.sip.twilio.com' },
  trunk: { sid: 'TK1', name: 'gosip-1.pstn.twilio.com' },
  sipAccount: { listSid: 'CL1', username: 'gosip', password: 'secret' },
};

test('nothing is done without an account, or where neither way is wanted', () => {
  expect(twilioTrunk({ ...noSettings, inbound: 'webhook', outbound: 'trunk' })).toBeUndefined();
  expect(twilioTrunk(ready)).toBeUndefined();
  expect(twilioTrunk({ ...ready, inbound: 'trunk' })).toBeUndefined();
});

test('calls come in by our registration at the chosen edge, in the domain without the edge', () => {
  const trunk = twilioTrunk({ ...ready, inbound: 'webhook', edge: 'frankfurt' });
  expect(trunk).toMatchObject({
    register: true,
    transport: 'tls',
    host: 'gosip-1.sip.frankfurt.twilio.com',
    domain: 'gosip-1.sip.twilio.com',
    outboundRoute: { kind: 'none' },
  });
});

test('calls leave by the trunk with the number in From, or by the domain with our account there', () => {
  expect(twilioTrunk({ ...ready, outbound: 'trunk' })).toMatchObject({
    register: false,
    outboundRoute: { kind: 'number', host: 'gosip-1.pstn.twilio.com' },
  });
  expect(twilioTrunk({ ...ready, outbound: 'domain', edge: 'dublin' })?.outboundRoute).toEqual({
    kind: 'account',
    host: 'gosip-1.sip.dublin.twilio.com',
    fromHeader: 'X-Gosip-From',
  });
});

test('a trunk that is pointed at the house may call in from the addresses of Twilio with our secret', () => {
  const direct = { ...ready, inbound: 'trunk', originationSecret: 'a'.repeat(48) } as const;
  expect(twilioTrunk(direct)).toMatchObject({
    register: false,
    outboundRoute: { kind: 'none' },
    secretHeader: { name: 'X-House-Secret', value: 'a'.repeat(48) },
  });
  expect(twilioTrunk(direct)?.allow).toContain('54.172.60.0/30');
  expect(twilioTrunk({ ...direct, signallingAddresses: ['192.0.2.0/24'] })?.allow).toEqual(['192.0.2.0/24']);
  expect(twilioTrunk(direct)?.inboundTransport).toBe('udp');
  const pointedAt = (address: string) => twilioTrunk({ ...direct, origination: { sid: 'OU1', address } })?.inboundTransport;
  expect(['udp', 'tcp', 'tls'].map((transport) => pointedAt(`sip:192.0.2.1:5060;transport=${transport}`))).toEqual([
    'udp',
    'tcp',
    'tls',
  ]);
  expect(twilioTrunk({ ...direct, inbound: 'webhook' })).toMatchObject({ register: true, allow: [] });
});
