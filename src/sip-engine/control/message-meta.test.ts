import { expect, it } from 'vitest';
import { FakeTransport, readText } from '#testing/harness/fake-sip-transport.ts';
import { ownRequestMeta, receivedMeta, requestMeta, responseMeta } from './message-meta.ts';

const text =
  'OPTIONS sip:bob@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:b@b>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\nContent-Length: 2\r\n\r\nhi';
const transport = new FakeTransport();

it('a received message: its size, and where an answer would go', () => {
  const meta = receivedMeta(readText(text), transport.peer('tcp', '10.0.0.9', 40_000));
  expect(meta).toEqual({ source: 'network', bytes: text.length, protocol: 'tcp', address: '10.0.0.9', port: 40_000 });
});

it('a response synthesised by the engine: no address', () => {
  expect(receivedMeta(readText(text), undefined)).toEqual({
    source: 'network',
    bytes: 0,
    protocol: 'unknown',
    address: '',
    port: 0,
  });
});

it('a request that was sent: our address over UDP, the peer over a connection', () => {
  const message = readText(text);
  expect(requestMeta(message, transport.peer('udp'))).toMatchObject({ source: 'application', address: '10.0.0.1', port: 5060 });
  expect(requestMeta(message, transport.peer('tcp', '10.0.0.9', 40_000))).toMatchObject({ address: '10.0.0.9', port: 40_000 });
  expect(requestMeta(message, undefined)).toMatchObject({ protocol: 'unknown', address: '', port: 0 });
  expect(ownRequestMeta(message, transport.peer('tcp', '10.0.0.9', 40_000))).toMatchObject({ address: '10.0.0.1', port: 5060 });
});

it('a response that was sent: the peer', () => {
  expect(responseMeta(readText(text), transport.peer('udp'))).toMatchObject({
    source: 'application',
    address: '10.0.0.9',
    port: 5060,
  });
});
