import { describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import type { RegisterDecision } from '#devices/register-request.ts';
import { handleRegister, readRegister } from './register.ts';
import { nextHopTo } from './source.ts';
import type { IncomingRequest, Responder } from './srf-types.ts';

function request(headers: Record<string, string>, more: Partial<IncomingRequest> = {}): IncomingRequest {
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
  } as unknown as IncomingRequest;
}

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
    );
    expect(read).toMatchObject({
      ...{ toUri: 'sip:20@house', callId: 'c1', cseq: 7, isWildcard: false, expires: 3600, authorization: 'Digest x' },
      ...{ path: ['sip:edge;lr', 'sip:next;lr'], supported: ['path', 'outbound'] },
      source: { protocol: 'udp', address: '192.0.2.5', port: 5062 },
    });
    if (typeof read === 'string') throw new Error(`The header ${read} was not read`);
    expect(read.contacts.map(({ uri, params }) => [uri, Object.fromEntries(params)])).toEqual([
      ['sip:20@10.0.0.5:5062;ob', { '+sip.instance': '<urn:uuid:1>', expires: '60' }],
      ['sip:20@10.0.0.6', { q: '0.5' }],
    ]);
  });

  it('knows the wildcard, a query, and WebSocket by its Via', () => {
    expect(readRegister(request({ contact: ' * ', expires: '0' }))).toMatchObject({ isWildcard: true, contacts: [], expires: 0 });
    expect(readRegister(request({}))).toMatchObject({ isWildcard: false, contacts: [] });
    const ws = readRegister(request({ via: 'SIP/2.0/WSS x.invalid;branch=z9hG4bK1' }, { protocol: 'tcp' }));
    expect(ws).toMatchObject({ source: { protocol: 'wss' } });
  });

  it.each<[string, Record<string, string>]>([
    ['To', { to: '<' }],
    ['Contact', { contact: '<mailto:a@b>' }],
    ['Contact', { contact: '<sip:a@b' }],
    ['Contact', { contact: Array.from({ length: 33 }, (_, index) => `<sip:${index}@h>`).join(',') }],
    ['CSeq', { cseq: 'x' }],
  ])('names the header that cannot be read: %s', (name, headers) => {
    expect(readRegister(request(headers))).toBe(name);
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
    handleRegister({ registrar: { register }, log: createLog({ level: 'silent' }) }, request({}), response);
    await done.promise;
    return sent[0];
  }

  it('tells every contact with its time', async () => {
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

describe('the next hop to a registered phone', () => {
  const udp = { protocol: 'udp', address: '192.0.2.5', port: 5062 } as const;
  it.each([
    ['sip:20@10.0.0.5:5060', udp, [], 'sip:192.0.2.5:5062;transport=udp'],
    ['sip:20@192.0.2.5:5060', udp, [], undefined],
    ['sip:20@192.0.2.5', udp, [], 'sip:192.0.2.5:5062;transport=udp'],
    ['sip:20@192.0.2.5:5060', { ...udp, protocol: 'tcp' }, [], 'sip:192.0.2.5:5062;transport=tcp'],
    ['sip:20@x.invalid;transport=ws', { ...udp, protocol: 'wss' }, [], 'sip:192.0.2.5:5062;transport=wss'],
    ['sip:20@[2001:DB8::5]:5060', { protocol: 'udp', address: '2001:db8::5', port: 5061 }, [], undefined],
    ['sip:20@h:5060', { protocol: 'tls', address: '2001:db8::5', port: 5061 }, [], 'sip:[2001:db8::5]:5061;transport=tls'],
    ['sip:20@192.0.2.5:5060', udp, ['sip:edge;lr'], 'sip:edge;lr'],
  ] as const)('%s from %j by %j is %s', (contactUri, source, path, expected) => {
    expect(nextHopTo({ contactUri, source, path })).toBe(expected);
  });
});
