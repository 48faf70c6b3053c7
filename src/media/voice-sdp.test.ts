import { expect, test } from 'vitest';
import { formatAnswer, formatOffer, hears, readFarSide } from './voice-sdp.ts';

const our = { address: '192.0.2.5', port: 31_000, id: 7, version: 3 };

const sdp = (...lines: readonly string[]) =>
  [`v=0`, `o=- 1 1 IN IP4 192.0.2.9`, 's=-', 'c=IN IP4 192.0.2.9', 't=0 0', ...lines, ''].join('\r\n');

test('a phone that prefers A-law gets A-law', () => {
  expect(readFarSide(sdp('m=audio 4000 RTP/AVP 9 8 0 101', 'a=rtpmap:101 telephone-event/8000'))).toEqual({
    address: '192.0.2.9',
    port: 4000,
    law: 'PCMA',
    payloadType: 8,
    eventType: 101,
    direction: 'sendrecv',
  });
});

test('telephone events for a codec of another rate are not taken for ours', () => {
  const found = readFarSide(
    sdp(
      'm=audio 4000 RTP/AVP 96 0 97 110',
      'a=rtpmap:96 opus/48000/2',
      'a=rtpmap:97 telephone-event/48000',
      'a=rtpmap:110 telephone-event/8000',
    ),
  );
  expect(found).toMatchObject({ law: 'PCMU', payloadType: 0, eventType: 110 });
});

test('a type that is named otherwise is not what it is by default', () => {
  expect(readFarSide(sdp('m=audio 4000 RTP/AVP 96', 'a=rtpmap:96 PCMA/8000'))).toMatchObject({ law: 'PCMA', payloadType: 96 });
  expect(readFarSide(sdp('m=audio 4000 RTP/AVP 0', 'a=rtpmap:0 L16/8000'))).toBeUndefined();
});

test.each([
  ['no codec in common', sdp('m=audio 4000 RTP/AVP 9 18')],
  ['SRTP', sdp('m=audio 4000 RTP/SAVP 0 8')],
  ['a refused stream', sdp('m=audio 0 RTP/AVP 0')],
  ['IPv6', sdp('m=audio 4000 RTP/AVP 0', 'c=IN IP6 2001:db8::1').replace('c=IN IP4 192.0.2.9\r\n', '')],
  ['no description', ''],
])('nothing can be said by %s', (_what, text) => expect(readFarSide(text)).toBeUndefined());

test('an answer names one codec with the events of the offer and refuses the picture', () => {
  const offer = sdp('m=video 4002 RTP/AVP 96', 'm=audio 4000 RTP/AVP 0 8 96', 'a=rtpmap:96 telephone-event/8000');
  const far = readFarSide(offer);
  expect(formatAnswer(offer, far!, our).split('\r\n')).toEqual([
    'v=0',
    'o=- 7 3 IN IP4 192.0.2.5',
    's=-',
    'c=IN IP4 192.0.2.5',
    't=0 0',
    'm=video 0 RTP/AVP 96',
    'm=audio 31000 RTP/AVP 0 96',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:96 telephone-event/8000',
    'a=fmtp:96 0-15',
    'a=ptime:20',
    'a=sendrecv',
    '',
  ]);
});

test('a far side that holds the call hears nothing and is answered the other direction', () => {
  const held = sdp('a=sendonly', 'm=audio 4000 RTP/AVP 0');
  const far = readFarSide(held)!;
  expect(hears(far)).toBe(false);
  expect(formatAnswer(held, far, our)).toContain('a=recvonly');
  expect(hears(readFarSide(sdp('m=audio 4000 RTP/AVP 0', 'a=recvonly'))!)).toBe(true);
});

test.each(['0.0.0.0', '224.0.0.1', '255.255.255.255'])('nothing is said to %s', (address) => {
  expect(hears(readFarSide(sdp('m=audio 4000 RTP/AVP 0', `c=IN IP4 ${address}`))!)).toBe(false);
});

test('our offer can be read by ourselves', () => {
  expect(readFarSide(formatOffer(our))).toMatchObject({ law: 'PCMU', eventType: 101, port: 31_000, address: '192.0.2.5' });
});
