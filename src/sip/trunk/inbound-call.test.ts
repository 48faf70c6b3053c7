import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { SrfRequest } from '#sip/message/srf-types.ts';
import { readTrunkCall } from './inbound-call.ts';
import type { TrunkSettings } from './settings.ts';

const settings: TrunkSettings = {
  name: 'provider',
  host: 'sip.example.com',
  transport: 'tls',
  register: true,
  allow: [],
  callHeaders: { number: 'X-Did', join: 'X-Gosip-Call', name: 'X-Call-Id' },
};

function invite(headers: Record<string, string>): SrfRequest {
  return Object.assign(new EventEmitter(), {
    method: 'INVITE',
    uri: 'sip:line@192.0.2.1',
    headers: { from: '<sip:+13105550199@sip.example.com>', to: '<sip:line@192.0.2.1>', ...headers },
    msg: { headers: {} },
    source: 'network' as const,
    source_address: '192.0.2.9',
    source_port: 5061,
    protocol: 'tls',
    stackTxnId: '1',
  });
}

const registration = { kind: 'registration' } as const;
const toUser = (number: string) => ({ kind: 'user', number }) as const;

describe('a call from a trunk', () => {
  it('joins an announced call only through our registration: anyone may send the header to a fixed user', () => {
    const request = invite({ 'X-Gosip-Call': 'token' });
    expect(readTrunkCall(settings, request, registration).joinToken).toBe('token');
    expect(readTrunkCall(settings, request, toUser('')).joinToken).toBeUndefined();
    expect(readTrunkCall(settings, request, toUser('line')).joinToken).toBeUndefined();
    const { callHeaders: _callHeaders, ...plain } = settings;
    expect(readTrunkCall(plain, request, registration).joinToken).toBeUndefined();
  });

  it.each([
    ['in the trunk’s header', { 'X-Did': '+14165550100' }, toUser('+14165550177'), '+14165550100'],
    ['in the Request-URI', { to: '<sip:+14165550177@x>' }, toUser('+14165550100'), '+14165550100'],
    ['in Diversion, where the user is no number', { Diversion: '<sip:+14165550100@x>' }, toUser('line'), '+14165550100'],
    ['in To, where our registration is called', { to: '<sip:+14165550100@x>' }, registration, '+14165550100'],
    ['nowhere: the user', { Diversion: '<sip:anonymous@x>' }, toUser('line'), 'line'],
  ])('has the called number %s', (_where, headers, called, dialled) => {
    expect(readTrunkCall(settings, invite(headers), called).dialled).toBe(dialled);
  });

  it('has no name where nothing of it can be seen', () => {
    const from = '"\u200B\u2060\u00AD" <sip:+13105550199@x>';
    expect(readTrunkCall(settings, invite({ from }), registration).name).toBe('');
  });

  it('brings no control or direction characters onto displays, and no endless name', () => {
    const name = `Al\u0007ice\u202E${'x'.repeat(100)}`;
    const call = readTrunkCall(
      settings,
      invite({ from: `"${name}" <sip:+13105550199@x>`, 'X-Call-Id': 'CA\u00001' }),
      registration,
    );
    expect(call.name).toBe(`Alice${'x'.repeat(59)}`);
    expect(call).toMatchObject({ number: '+13105550199', networkCallId: 'CA1' });
  });
});
