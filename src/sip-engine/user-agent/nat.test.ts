import { describe, expect, it } from 'vitest';
import { defaultSettings } from './engine-settings.ts';
import { SipMessage } from '../message/message.ts';
import { isKeptToFlow, pointsElsewhere } from './nat.ts';
import type { Flow } from '../transport/transport.ts';

function flowFrom(remoteAddress: string): Flow {
  const listener = { protocol: 'udp', address: '192.0.2.1', port: 5060 } as Flow['listener'];
  const local = { localAddress: '192.0.2.1', localPort: 5060 };
  return { ...local, id: 1, protocol: 'udp', listener, remoteAddress, remotePort: 5062, isInbound: true, isOpen: true };
}

function invite(contact: string | undefined): SipMessage {
  const message = new SipMessage({ method: 'INVITE', requestUri: 'sip:11@house' });
  if (contact !== undefined) message.append('contact', contact);
  return message;
}

describe('a client that directs requests to a third party', () => {
  it.each([
    ['<sip:20@192.0.2.9:5062>', [], '192.0.2.9', false],
    ['<sip:20@192.0.2.9:6379;transport=tcp>', [], '192.0.2.9', false],
    ['<sip:20@[2001:DB8:0::9]:5062>', [], '2001:db8::9', false],
    ['<sip:20@192.0.2.9;maddr=192.0.2.77>', [], '192.0.2.9', true],
    ['<sip:20@192.0.2.77:6379>', [], '192.0.2.9', true],
    ['<sip:20@phone.example>', [], '192.0.2.9', true],
    [undefined, [], '192.0.2.9', true],
    ['<sip:20@192.0.2.9>', ['<sip:192.0.2.77:6379;lr>'], '192.0.2.9', true],
    ['<sip:20@192.0.2.9>', ['<sip:192.0.2.9;lr>'], '192.0.2.9', true],
  ])('%s with the routes %j from %s: %s', (contact, routes, from, isAnother) => {
    expect(pointsElsewhere(invite(contact), routes, flowFrom(from))).toBe(isAnother);
  });

  it.each([
    [undefined, '192.0.2.9', false],
    [[], '192.0.2.9', true],
    [['192.0.2.0/28'], '192.0.2.9', false],
    [['192.0.2.0/28'], '192.0.2.99', true],
    [['2001:db8::/64'], '2001:db8::9', false],
  ])('is bound to its flow where %j are trusted and it comes from %s: %s', (keepToFlowsExcept, from, isKept) => {
    expect(isKeptToFlow({ ...defaultSettings, keepToFlowsExcept }, flowFrom(from))).toBe(isKept);
    expect(isKeptToFlow({ ...defaultSettings, keepToFlowsExcept }, undefined)).toBe(false);
  });
});
