import { describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import type { RegisterDecision } from '#devices/register-request.ts';
import { handleRegister, readRegister } from './register.ts';
import { nextHopTo, requestUriOf } from '#sip/message/source.ts';
import type { SrfRequest, Responder } from '#sip/message/srf-types.ts';

function request(headers: Record<string, string>, more: Partial<SrfRequest> = {}): SrfRequest {
  return {
    method: 'REGISTER',
    uri: 'sip:house',
    headers: {
      via: 'SIP/2.0/UDP 10.0.0.5;branch=z9hG4bK1',
      from: '<sip:20@house>;tag=1',
      to: '<sip:20@house>',
      'call-id': 'c1',
      cseq: '7 REGISTER',
      ...headers,
    },
    source_address: '192.0.2.5',
    source_port: 5062,
    protocol: 'udp',
    ...more,
  } as unknown as SrfRequest;
}

const noProxy = () => false;

describe('readRegister', () => {
  it('reads contacts, path, tags and where the packet came from', () => {
    const read = readRegister(
      request({
        contact: '"Eva" <sip:20@10.0.0.5:5062;ob>;+sip.instance="<urn:uuid:1>";expires=60, sip:20@10.0.0.6;q=0.5',
        path: '<sip:edge;lr>, <sip:next;lr>',
        expires: '3600',
        supported: 'path, Outbound',
        authorization: 'Digest x',
      }),
      noProxy,
    );
    expect(read).toMatchObject({
      toUri: 'sip:20@house',
      callId: 'c1',
      cseq: 7,
      isWildcard: false,
      expires: 3600,
      authorization: 'Digest x',
      path: [],
      untrustedPath: ['sip:edge;lr', 'sip:next;lr'],
      supported: ['path', 'outbound'],
      isByProxy: false,
      source: { protocol: 'udp', address: '192.0.2.5', port: 5062 },
    });
    if (typeof read === 'string') throw new Error(`The header ${read} was not read`);
    expect(read.contacts.map(({ uri, params }) => [uri, Object.fromEntries(params)])).toEqual([
      ['sip:20@10.0.0.5:5062;ob', { '+sip.instance': '<urn:uuid:1>', expires: '60' }],
      ['sip:20@10.0.0.6', { q: '0.5' }],
    ]);
  });

  it('knows the wildcard, a query, and WebSocket by its Via', () => {
    expect(readRegister(request({ contact: ' * ', expires: '0' }), noProxy)).toMatchObject({
      isWildcard: true,
      contacts: [],
      expires: 0,
    });
    expect(readRegister(request({}), noProxy)).toMatchObject({ isWildcard: false, contacts: [] });
    const ws = readRegister(request({ via: 'SIP/2.0/WSS x.invalid;branch=z9hG4bK1' }, { protocol: 'tcp' }), noProxy);
    expect(ws).toMatchObject({ source: { protocol: 'wss' } });
  });

  it.each<[string, Record<string, string>]>([
    ['To', { to: '<' }],
    ['Contact', { contact: '<mailto:a@b>' }],
    ['Contact', { contact: '<sip:a@b' }],
    ['Contact', { contact: Array.from({ length: 33 }, (_, index) => `<sip:${index}@h>`).join(',') }],
    ['CSeq', { cseq: 'x' }],
  ])('names the header that cannot be read: %s', (name, headers) => {
    expect(readRegister(request(headers), noProxy)).toBe(name);
  });
});

describe('handleRegister', () => {
  async function answered(decision: RegisterDecision | Error) {
    const sent: { status: number; reason: string; headers: Record<string, string> }[] = [];
    const own: Record<string, string> = {};
    const done = Promise.withResolvers<void>();
    const response = {
      msg: { headers: own },
      send: (status: number, reason: string, { headers = {} }: { headers?: Record<string, string> }) => {
        sent.push({ status, reason, headers: { ...own, ...headers } });
        done.resolve();
      },
    } as unknown as Responder;
    const register = () => (decision instanceof Error ? Promise.reject(decision) : Promise.resolve(decision));
    handleRegister({ registrar: { register }, log: createLog({ level: 'silent' }), isEdgeProxy: noProxy }, request({}), response);
    await done.promise;
    return sent[0];
  }

  it('lists every contact with its expiry', async () => {
    const params = new Map([
      ['+sip.instance', '<urn:uuid:1>'],
      ['ob', null],
    ]);
    const contacts = [
      { uri: 'sip:20@10.0.0.5', expiresSeconds: 60, q: 1, params },
      { uri: 'sip:20@10.0.0.6', expiresSeconds: 90, q: 0.5, params: new Map() },
    ];
    expect(await answered({ kind: 'registered', deviceId: 'dev_1', contacts, path: ['sip:edge;lr'], isOutbound: true })).toEqual({
      status: 200,
      reason: 'OK',
      headers: {
        Contact: '<sip:20@10.0.0.5>;expires=60;+sip.instance="<urn:uuid:1>";ob, <sip:20@10.0.0.6>;expires=90;q=0.5',
        Path: '<sip:edge;lr>',
        Require: 'outbound',
      },
    });
  });

  it('challenges, refuses, slows down and survives a fault', async () => {
    const challenge = await answered({ kind: 'challenge', challenges: ['Digest a', 'Digest b', 'Digest c'] });
    expect(challenge?.status).toBe(401);
    expect(Object.entries(challenge?.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])).toEqual([
      ['www-authenticate', 'Digest a'],
      ['www-authenticate', 'Digest b'],
      ['www-authenticate', 'Digest c'],
    ]);
    const brief = { kind: 'rejected', status: 423, reason: 'Interval Too Brief', headers: { 'Min-Expires': '60' } } as const;
    expect(await answered(brief)).toMatchObject({ status: 423, headers: { 'Min-Expires': '60' } });
    const wrongWay = { kind: 'rejected', status: 403, reason: 'Transport Not Allowed' } as const;
    expect(await answered(wrongWay)).toMatchObject({ status: 403, reason: 'Transport Not Allowed' });
    expect(await answered({ kind: 'slow-down', retryAfterSeconds: 9 })).toMatchObject({
      status: 503,
      headers: { 'Retry-After': '9' },
    });
    expect((await answered(new Error('disk')))?.status).toBe(500);
  });
});

describe('a Path', () => {
  const isEdgeProxy = (address: string) => address === '192.0.2.5' || address === '2001:db8::1';
  it.each([
    ['of a proxy of the house', '192.0.2.5', '<sip:192.0.2.5:5080;lr>', true],
    ['of a proxy that listens at another of its addresses', '192.0.2.5', '<sip:[2001:DB8::1];lr>', true],
    ['of a proxy, with what a phone wrote below it', '192.0.2.5', '<sip:192.0.2.5;lr>, <sip:127.0.0.77:6379;lr>', true],
    ['of a phone that names the proxy', '192.0.2.9', '<sip:192.0.2.5;lr>', false],
    ['of a phone that names a host of the house', '192.0.2.9', '<sip:127.0.0.77:6379;transport=tcp;lr>', false],
    ['of a proxy that names another host', '192.0.2.5', '<sip:127.0.0.77:6379;lr>', false],
    ['of a proxy by a name', '192.0.2.5', '<sip:edge.example;lr>', false],
    ['of a proxy with maddr', '192.0.2.5', '<sip:192.0.2.5;maddr=127.0.0.77;lr>', false],
  ])('%s is believed or not', (_whose, address, path, isBelieved) => {
    const read = readRegister(request({ path }, { source_address: address }), isEdgeProxy);
    if (typeof read === 'string') throw new Error(`The header ${read} was not read`);
    expect([read.path.length > 0, read.untrustedPath.length > 0]).toEqual([isBelieved, !isBelieved]);
    expect(read.isByProxy).toBe(address === '192.0.2.5');
  });

  it('a request with two Via came by a proxy, named or not', () => {
    const via = 'SIP/2.0/UDP 192.0.2.77;branch=z9hG4bK2, SIP/2.0/UDP 10.0.0.5;branch=z9hG4bK1';
    expect(readRegister(request({ via }), noProxy)).toMatchObject({ isByProxy: true });
  });
});

describe('the next hop to a registered phone', () => {
  const udp = { protocol: 'udp', address: '192.0.2.5', port: 5062 } as const;
  const tcp = { ...udp, protocol: 'tcp' } as const;
  it.each([
    ['sip:20@10.0.0.5:5060', udp, [], 'sip:192.0.2.5:5062;transport=udp'],
    ['sip:20@192.0.2.5:5060', udp, [], 'sip:192.0.2.5:5060;transport=udp'],
    ['sip:20@192.0.2.5', udp, [], 'sip:192.0.2.5:5062;transport=udp'],
    ['sip:20@192.0.2.5:0', udp, [], 'sip:192.0.2.5:5062;transport=udp'],
    ['sip:20@192.0.2.5:5060;maddr=127.0.0.77', udp, [], 'sip:192.0.2.5:5060;transport=udp'],
    ['sip:20@192.0.2.5:5060;transport=tcp', udp, [], 'sip:192.0.2.5:5060;transport=udp'],
    ['sip:20@127.0.0.77:6379;transport=tcp;alias=192.0.2.9~5060~2;ob;gr=x', udp, [], 'sip:192.0.2.5:5062;transport=udp'],
    ['sip:20@192.0.2.5:5060', tcp, [], 'sip:192.0.2.5:5062;transport=tcp'],
    ['sip:21@192.0.2.9:5060;transport=tcp', tcp, [], 'sip:192.0.2.5:5062;transport=tcp'],
    ['sip:20@x.invalid;transport=ws', { ...udp, protocol: 'wss' }, [], 'sip:192.0.2.5:5062;transport=wss'],
    [
      'sip:20@[2001:DB8::5]:5060',
      { protocol: 'udp', address: '2001:db8::5', port: 5061 },
      [],
      'sip:[2001:db8::5]:5060;transport=udp',
    ],
    ['sip:20@h:5060', { protocol: 'tls', address: '2001:db8::5', port: 5061 }, [], 'sip:[2001:db8::5]:5061;transport=tls'],
    ['sip:20@192.0.2.5:5060', udp, ['sip:10.0.0.1:5080;lr'], 'sip:10.0.0.1:5080;lr'],
    ['sip:20@192.0.2.5:5060', udp, ['sip:127.0.0.77:6379;transport=tcp;lr'], 'sip:192.0.2.5:5060;transport=udp'],
    ['sip:20@192.0.2.5:5060', udp, ['sip:10.0.0.1;maddr=127.0.0.77'], 'sip:192.0.2.5:5060;transport=udp'],
    ['sip:20@192.0.2.5:5060', udp, ['sip:edge.example;lr'], 'sip:192.0.2.5:5060;transport=udp'],
  ] as const)('from %s from %j by %j is %s: no phone has us send to somebody else', (contactUri, source, path, expected) => {
    expect(nextHopTo({ contactUri, source, path }, (address) => address === '10.0.0.1')).toBe(expected);
  });

  it.each([
    ['sip:20@192.0.2.5:5060;transport=tcp;ob', 'sip:20@192.0.2.5:5060;transport=tcp;ob'],
    ['sip:20@192.0.2.5;maddr=127.0.0.77;ob', 'sip:20@192.0.2.5;ob'],
    ['sip:20@192.0.2.5;MADDR=127.0.0.77;method=REGISTER;ttl=3', 'sip:20@192.0.2.5'],
    ['sip:20;maddr=x@192.0.2.5;gr=a?Replaces=b%3Bc', 'sip:20;maddr=x@192.0.2.5;gr=a'],
    ['sip:192.0.2.5;maddr=127.0.0.77', 'sip:192.0.2.5'],
  ])('%s is called as %s', (contactUri, expected) => {
    expect(requestUriOf(contactUri)).toBe(expected);
  });
});
