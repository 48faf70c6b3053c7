import { expect, test } from 'vitest';
import { SipMessage } from '../message/message.ts';
import { isViaOfFlow, markSource } from './via-source.ts';

test.each([
  ['SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1', 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport=4000'],
  ['SIP/2.0/UDP 192.0.2.1;rport;branch=z9hG4bK1', 'SIP/2.0/UDP 192.0.2.1;rport=4000;branch=z9hG4bK1'],
  ['SIP/2.0/UDP 10.0.0.1;branch=z', 'SIP/2.0/UDP 10.0.0.1;branch=z;received=192.0.2.1;rport=4000'],
  ['SIP/2.0/UDP phone.local:5062;rport;branch=z', 'SIP/2.0/UDP phone.local:5062;rport=4000;branch=z;received=192.0.2.1'],
  ['SIP/2.0/UDP 192.0.2.1;received=198.51.100.66;rport=53;branch=z', 'SIP/2.0/UDP 192.0.2.1;rport=4000;branch=z'],
  ['SIP / 2.0 / UDP  192.0.2.1 : 5060 ; branch=z;x="a;b"', 'SIP/2.0/UDP 192.0.2.1:5060;branch=z;x="a;b";rport=4000'],
])('%s', (text, marked) => {
  const request = new SipMessage({ method: 'OPTIONS', requestUri: 'sip:house' });
  request.append('via', text);
  request.append('via', 'SIP/2.0/UDP 10.9.9.9;branch=below');
  markSource(request, { remoteAddress: '192.0.2.1', remotePort: 4000 });
  expect(request.getAll('via')).toEqual([marked, 'SIP/2.0/UDP 10.9.9.9;branch=below']);
});

test('an IPv6 source equals the sent-by however it is written', () => {
  const request = new SipMessage({ method: 'OPTIONS', requestUri: 'sip:house' });
  request.append('via', 'SIP/2.0/TCP [2001:DB8:0::1];branch=z');
  markSource(request, { remoteAddress: '2001:db8::1', remotePort: 4000 });
  expect(request.get('via')).toBe('SIP/2.0/TCP [2001:DB8:0::1];branch=z;rport=4000');
});

test('the Via must name the transport it came by; WebSocket clients may write either spelling', () => {
  expect(isViaOfFlow({ transport: 'UDP' }, { protocol: 'udp' })).toBe(true);
  expect(isViaOfFlow({ transport: 'TCP' }, { protocol: 'udp' })).toBe(false);
  expect(isViaOfFlow({ transport: 'TCP' }, { protocol: 'tls' })).toBe(false);
  expect(isViaOfFlow({ transport: 'WSS' }, { protocol: 'ws' })).toBe(true);
  expect(isViaOfFlow({ transport: 'WS' }, { protocol: 'wss' })).toBe(true);
});
