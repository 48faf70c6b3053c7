import type { DeviceId } from '#base/ids.ts';
import { expect, test } from 'vitest';
import type { RegisterRequest } from './register-request.ts';
import { decideBindings } from './registrar-decision.ts';
import type { BindingDecision } from './registrar-decision.ts';
import { noParams } from './registration.ts';
import type { Registration } from './registration.ts';

const now = 1_000_000;
const deviceId: DeviceId = 'dev_1';
const source = { protocol: 'udp', address: '192.0.2.10', port: 5060 } as const;

function contact(uri: string, params: Record<string, string | null> = {}) {
  return { uri, params: new Map(Object.entries(params)) };
}

function request(parts: Partial<RegisterRequest> = {}): RegisterRequest {
  return {
    requestUri: 'sip:house',
    toUri: 'sip:201@house',
    callId: 'new-call',
    cseq: 10,
    contacts: [contact('sip:201@192.0.2.10')],
    isWildcard: false,
    expires: undefined,
    path: [],
    untrustedPath: [],
    supported: [],
    required: [],
    userAgent: 'phone',
    authorization: undefined,
    source,
    isByProxy: false,
    ...parts,
  };
}

function binding(id: string, parts: Partial<Registration> = {}): Registration {
  return {
    id: `reg_${id}` as Registration['id'],
    deviceId,
    contactUri: `sip:201@${id}.test`,
    q: 1,
    params: noParams,
    path: [],
    instanceId: undefined,
    regId: undefined,
    source: { ...source, address: '192.0.2.20' },
    userAgent: 'phone',
    callId: 'old-call',
    cseq: 5,
    lastNonceSerial: 70,
    registeredAt: now - 1000,
    expiresAt: now + 100_000,
    ...parts,
  };
}

function decide(parts: Partial<RegisterRequest>, bindings: readonly Registration[] = [], nonce = 70): BindingDecision {
  let made = 0;
  return decideBindings({
    deviceId,
    bindings,
    request: request(parts),
    nonceSerial: nonce,
    lastNonceSerial: 80,
    now,
    newId: () => `reg_new${(made += 1)}` as Registration['id'],
  });
}

function after(decision: BindingDecision): [string, number][] {
  if (decision.kind !== 'update') return [];
  return decision.bindings.map(({ contactUri, expiresAt }) => [contactUri, (expiresAt - now) / 1000]);
}

const here = 'sip:201@192.0.2.10';

type Row = { name: string; given: Partial<RegisterRequest>; seconds?: number; status?: number };
const expiries: Row[] = [
  { name: 'none: an hour', given: {}, seconds: 3600 },
  { name: 'the header', given: { expires: 120 }, seconds: 120 },
  {
    name: 'the parameter goes before the header',
    given: { expires: 120, contacts: [contact(here, { expires: '300' })] },
    seconds: 300,
  },
  {
    name: 'a parameter that cannot be read: an hour',
    given: { contacts: [contact(here, { expires: 'soon' })], expires: 90 },
    seconds: 3600,
  },
  { name: 'a parameter without a value', given: { contacts: [contact(here, { expires: null })] }, seconds: 3600 },
  { name: 'too long is cut', given: { expires: 4_294_967_295 }, seconds: 3600 },
  { name: 'the shortest', given: { expires: 60 }, seconds: 60 },
  { name: 'too short', given: { expires: 59 }, status: 423 },
  { name: 'too short for one of two', given: { contacts: [contact(here), contact('sip:b@c', { expires: '1' })] }, status: 423 },
];

test.each(expiries)('expiry: $name', ({ given, seconds, status }) => {
  const decision = decide(given);
  if (status === undefined) expect(after(decision)).toEqual([[here, seconds]]);
  else expect(decision).toMatchObject({ kind: 'rejected', status, headers: { 'Min-Expires': '60' } });
});

test.each([
  [undefined, 1],
  ['0.5', 0.5],
  ['0', 0],
  ['1.000', 1],
  ['2', 1],
  ['x', 1],
  [null, 1],
])('q %s is %s', (q, expected) => {
  const decision = decide({ contacts: [contact(here, q === undefined ? {} : { q })] });
  expect(decision).toMatchObject({ bindings: [{ q: expected, params: noParams }] });
});

const refused: { name: string; given: Partial<RegisterRequest>; status: number }[] = [
  { name: '* with another contact', given: { isWildcard: true, expires: 0 }, status: 400 },
  { name: '* without Expires', given: { isWildcard: true, contacts: [] }, status: 400 },
  { name: '* with Expires above 0', given: { isWildcard: true, contacts: [], expires: 3600 }, status: 400 },
  { name: 'no SIP contact', given: { contacts: [contact('mailto:a@b.c')] }, status: 400 },
  { name: 'a contact without a host', given: { contacts: [contact('sip:')] }, status: 400 },
  { name: 'eleven contacts', given: { contacts: Array.from({ length: 11 }, (_, n) => contact(`sip:a@h${n}`)) }, status: 403 },
  { name: 'an extension we lack', given: { required: ['path', 'gruu'] }, status: 420 },
  {
    name: 'two flows at once (RFC 5626 section 6)',
    given: {
      supported: ['outbound'],
      contacts: [
        contact('sip:a@b', { '+sip.instance': '<1>', 'reg-id': '1' }),
        contact('sip:a@c', { '+sip.instance': '<1>', 'reg-id': '2' }),
      ],
    },
    status: 400,
  },
  {
    name: 'a flow through a proxy that cannot keep it',
    given: {
      supported: ['outbound'],
      path: ['sip:top;ob', 'sip:first;lr'],
      contacts: [contact('sip:a@b', { '+sip.instance': '<1>', 'reg-id': '1' })],
    },
    status: 439,
  },
];

test.each(refused)('refused: $name', ({ given, status }) => {
  expect(decide(given, [binding('a')])).toMatchObject({ kind: 'rejected', status });
});

test('420 names what we lack', () => {
  expect(decide({ required: ['path', 'gruu', 'tdialog'] })).toMatchObject({ headers: { Unsupported: 'gruu, tdialog' } });
});

test('asks', () => {
  expect(decide({ contacts: [] }, [binding('a')])).toEqual({ kind: 'fetch' });
});

test('* removes all, or none where one is newer than the request', () => {
  const bindings = [binding('a'), binding('b', { callId: 'new-call', cseq: 9 })];
  expect(decide({ isWildcard: true, contacts: [], expires: 0 }, bindings)).toMatchObject({
    kind: 'update',
    bindings: [],
    removed: bindings,
  });
  const newer = [binding('a'), binding('b', { callId: 'new-call', cseq: 10 })];
  expect(decide({ isWildcard: true, contacts: [], expires: 0 }, newer)).toMatchObject({ kind: 'rejected', status: 500 });
});

test('adds, refreshes and removes in one request', () => {
  const bindings = [binding('a'), binding('b'), binding('c')];
  const decision = decide(
    { contacts: [contact('sip:201@A.test', { expires: '90' }), contact('sip:201@b.test', { expires: '0' }), contact(here)] },
    bindings,
  );
  expect(after(decision)).toEqual([
    ['sip:201@c.test', 100],
    ['sip:201@A.test', 90],
    [here, 3600],
  ]);
  expect(decision).toMatchObject({
    stored: [
      { id: 'reg_a', callId: 'new-call', cseq: 10 },
      { id: 'reg_new1', contactUri: here },
    ],
    removed: [{ id: 'reg_b' }],
  });
});

test('removing what is not there is no fault', () => {
  expect(decide({ expires: 0 }, [binding('a')])).toMatchObject({ kind: 'update', stored: [], removed: [] });
});

test.each([
  ['lower', 4, false],
  ['the same', 5, false],
  ['higher', 6, true],
])('the same Call-ID with a CSeq that is %s', (_name, cseq, isTaken) => {
  const decision = decide({ callId: 'old-call', cseq, contacts: [contact('sip:201@a.test')] }, [binding('a')]);
  expect(decision.kind).toBe(isTaken ? 'update' : 'rejected');
});

test('one contact out of order leaves all as they were', () => {
  const bindings = [binding('a'), binding('b', { callId: 'new-call', cseq: 10 })];
  const decision = decide({ contacts: [contact(here), contact('sip:201@a.test'), contact('sip:201@b.test')] }, bindings);
  expect(decision).toMatchObject({ kind: 'rejected', status: 500 });
});

test('the same contact twice in one request counts once', () => {
  expect(after(decide({ contacts: [contact(here, { expires: '100' }), contact(here, { expires: '200' })] }))).toEqual([
    [here, 200],
  ]);
});

test('a phone that started again replaces its contact: by instance and reg-id, whatever its URI and Call-ID', () => {
  const params = { '+sip.instance': '<urn:uuid:1>', 'reg-id': '1' };
  const before = binding('a', { instanceId: '<urn:uuid:1>', regId: 1 });
  const decision = decide({ supported: ['outbound'], contacts: [contact(here, params)] }, [before, binding('b')]);
  expect(decision).toMatchObject({ isOutbound: true, stored: [{ id: 'reg_a', contactUri: here, regId: 1 }], removed: [] });
  expect(after(decision)).toHaveLength(2);
});

test('its second flow is a contact of its own', () => {
  const before = binding('a', { instanceId: '<urn:uuid:1>', regId: 1 });
  const params = { '+sip.instance': '<urn:uuid:1>', 'reg-id': '2' };
  expect(after(decide({ supported: ['outbound'], contacts: [contact(here, params)] }, [before]))).toHaveLength(2);
});

test.each([
  ['another instance from elsewhere is another phone', '<urn:uuid:2>', { ...source, port: 4 }, 2],
  ['another instance from the same place is a start later', '<urn:uuid:2>', source, 1],
  ['the same instance from elsewhere is the same phone', '<urn:uuid:1>', { ...source, port: 4 }, 1],
])('of one Contact: %s', (_what, second, from, left) => {
  const before = binding('a', { contactUri: 'sip:201@192.168.1.10', instanceId: '<urn:uuid:1>', source });
  const contacts = [contact('sip:201@192.168.1.10', { '+sip.instance': second })];
  const decision = decide({ contacts, source: from }, [before]);
  expect(after(decision)).toHaveLength(left);
});

test('by instance alone, where a phone knows no flows', () => {
  const before = binding('a', { instanceId: '<urn:uuid:1>' });
  const another = binding('b', { instanceId: '<urn:uuid:2>' });
  const contacts = [contact(here, { '+sip.instance': '<urn:uuid:1>' })];
  expect(decide({ contacts }, [before, another])).toMatchObject({ removed: [before], bindings: [another, { contactUri: here }] });
});

const instance = '<urn:uuid:1>';
const tcp = { protocol: 'tcp', address: '192.0.2.10', port: 41_000 } as const;
const named = (uri: string, params: Record<string, string | null> = {}) => contact(uri, { '+sip.instance': instance, ...params });

test('a phone that comes back from another port with its old Call-ID rings once: linphone over TCP, and over UDP behind a router', () => {
  for (const protocol of ['tcp', 'udp'] as const) {
    let bindings: readonly Registration[] = [];
    for (const [cseq, port] of [40_001, 40_002, 40_003].entries()) {
      const source = { protocol, address: '192.0.2.10', port } as const;
      const decision = decide({ callId: 'kept', cseq, source, contacts: [named(`sip:201@192.0.2.10:${port}`)] }, bindings);
      bindings = decision.kind === 'update' ? decision.bindings : [];
    }
    expect(bindings.map(({ source }) => source.port)).toEqual([40_003]);
  }
});

test('two contacts of one instance in one request both stay, then and at the refresh', () => {
  const contacts = [named('sip:201@192.0.2.10:5060'), named('sip:201@192.0.2.10:5060;transport=tcp')];
  const first = decide({ contacts });
  const bindings = first.kind === 'update' ? first.bindings : [];
  expect(bindings).toHaveLength(2);
  expect(after(decide({ contacts, cseq: 11 }, bindings))).toHaveLength(2);
  expect(after(decide({ contacts: contacts.slice(1), cseq: 12 }, bindings))).toHaveLength(1);
});

test.each([
  ['the same flow', { 'reg-id': '1' }, 1, 1],
  ['another flow', { 'reg-id': '2' }, 1, 2],
  ['a phone that learned outbound', { 'reg-id': '1' }, undefined, 1],
  ['a phone that forgot outbound', {}, 1, 1],
])('of one instance: %s', (_what, params, regId, left) => {
  const before = binding('a', { instanceId: instance, regId });
  expect(after(decide({ supported: ['outbound'], contacts: [named(here, params)] }, [before]))).toHaveLength(left);
});

type Life = { what: string; before: Partial<Registration>; given: Partial<RegisterRequest>; left: number };
const lives: Life[] = [
  { what: 'a start later, with another user in its Contact', before: { source }, given: {}, left: 1 },
  { what: 'the same life with a second contact', before: { callId: 'new-call', source }, given: {}, left: 2 },
  { what: 'from another port', before: { source: { ...source, port: 5070 } }, given: {}, left: 2 },
  { what: 'from another address', before: { source: { ...source, address: '192.0.2.11' } }, given: {}, left: 2 },
  { what: 'by another transport', before: { source: { ...source, protocol: 'tcp' } }, given: {}, left: 2 },
  { what: 'all come through one proxy', before: { source }, given: { isByProxy: true }, left: 2 },
  { what: 'a start later, now with an instance', before: { source }, given: { contacts: [named(here)] }, left: 1 },
  { what: 'a start later, now without one', before: { instanceId: instance, source }, given: {}, left: 1 },
  { what: 'two instances', before: { instanceId: '<urn:uuid:2>', source }, given: { contacts: [named(here)] }, left: 2 },
];

test.each(lives)(
  'a phone without an instance that started three times rings once; from its port: $what',
  ({ before, given, left }) => {
    expect(after(decide(given, [binding('a', before)]))).toHaveLength(left);
  },
);

test('two contacts in one request of a phone without an instance both stay', () => {
  const contacts = [contact(here), contact('sip:202@192.0.2.10')];
  const first = decide({ contacts });
  expect(after(decide({ contacts, callId: 'later' }, first.kind === 'update' ? first.bindings : []))).toHaveLength(2);
  expect(after(first)).toHaveLength(2);
});

const old = binding('a', { callId: 'new-call', cseq: 101, source: tcp, lastNonceSerial: 70 });
test.each([
  ['with a nonce given out after its last refresh', 71, 'update'],
  ['with the nonce of its last refresh: a datagram overtaken', 70, 'rejected'],
  ['with an older nonce', 3, 'rejected'],
])('a phone that counts from 1 again after a power cut, with its old Call-ID: %s', (_what, nonce, kind) => {
  const contacts = [contact(old.contactUri)];
  expect(decide({ cseq: 2, contacts }, [old], nonce)).toMatchObject({
    kind,
    ...(kind === 'update' ? { stored: [{ cseq: 2, lastNonceSerial: 80 }] } : {}),
  });
  expect(decide({ cseq: 2, isWildcard: true, contacts: [], expires: 0 }, [old], nonce).kind).toBe(kind);
});

test('a Path from an untrusted sender is ignored, and refused where it is required', () => {
  const untrustedPath = ['sip:127.0.0.77:6379;lr'];
  expect(decide({ untrustedPath })).toMatchObject({ bindings: [{ path: [] }] });
  expect(decide({ untrustedPath, required: ['path'] })).toMatchObject({ status: 420, headers: { Unsupported: 'path' } });
  expect(decide({ path: ['sip:192.0.2.1;lr'], required: ['path'] })).toMatchObject({ kind: 'update' });
});

test('reg-id without an instance says nothing', () => {
  expect(decide({ supported: ['outbound'], contacts: [contact(here, { 'reg-id': '1' })] })).toMatchObject({
    isOutbound: false,
    bindings: [{ regId: undefined }],
  });
});

test('the eleventh contact drives out the one refreshed longest ago', () => {
  const bindings = Array.from({ length: 10 }, (_, index) =>
    binding(`b${index}`, { registeredAt: now - (index === 3 ? 5000 : 1000) }),
  );
  const decision = decide({}, bindings);
  expect(after(decision)).toHaveLength(10);
  expect(decision).toMatchObject({ removed: [{ id: 'reg_b3' }], stored: [{ contactUri: here }] });
});

test('path and parameters are kept as they came', () => {
  const params = { '+sip.instance': '<urn:uuid:1>', methods: 'INVITE', q: '0.1', expires: '60', audio: null };
  const decision = decide({ path: ['sip:edge;lr'], contacts: [contact(here, params)] });
  expect(decision).toMatchObject({ bindings: [{ path: ['sip:edge;lr'], q: 0.1 }] });
  expect(decision.kind === 'update' && [...(decision.bindings[0]?.params ?? [])]).toEqual([
    ['+sip.instance', '<urn:uuid:1>'],
    ['methods', 'INVITE'],
    ['audio', null],
  ]);
});
