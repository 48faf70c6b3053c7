import { beforeEach, expect, test } from 'vitest';
import { answerChallenge } from '#testing/harness/device-harness.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { Authenticator } from './authenticator.ts';
import type { AuthDecision, AuthRequest, DeviceCredentials } from './authenticator.ts';
import type { Device } from './device.ts';
import { makeHa1 } from './digest.ts';
import { Nonces } from './nonces.ts';

const realm = 'house.test';
const ann: Device = {
  id: 'dev_ann',
  name: 'Ann',
  extension: '201',
  username: 'ann',
  type: 'softphone',
  transports: ['udp'],
  personId: undefined,
  recordingEnabled: false,
  sha256: false,
  enabled: true,
  createdAt: 0,
};
const off: Device = { ...ann, id: 'dev_off', username: 'off', enabled: false };
const modern: Device = { ...ann, id: 'dev_modern', username: 'modern', sha256: true };
const passwords = new Map([
  ['ann', 'right'],
  ['off', 'right'],
  ['modern', 'right'],
]);

let clock = new FakeClock();
let registered = new Set<string>();
let guesses: [string, string][] = [];
let calls = 0;
let authenticator: Authenticator;

beforeEach(() => {
  clock = new FakeClock();
  registered = new Set();
  guesses = [];
  const known = new Map<string, DeviceCredentials>(
    [ann, off, modern].map((device) => [
      device.username,
      { device, ha1: makeHa1(device.username, realm, passwords.get(device.username) ?? '') },
    ]),
  );
  authenticator = new Authenticator({
    realm,
    clock,
    nonces: new Nonces({ key: Buffer.alloc(32, 1), clock }),
    credentialsOf: (username) => known.get(username),
    needsSha256: (username) => known.get(username)?.device.sha256 ?? false,
    onWrongPassword: (...guess) => guesses.push(guess),
    isRegisteredSource: (address) => registered.has(address),
  });
});

const uri = 'sip:house.test';
const base: AuthRequest = {
  method: 'REGISTER',
  requestUri: uri,
  authorization: undefined,
  source: '192.0.2.1',
  kind: 'www',
  callId: 'call',
};

function challengeFor(user = 'ann', which = 0): string {
  const decision = authenticator.authenticate({ ...base, user });
  return decision.kind === 'challenge' ? (decision.challenges[which] ?? '') : '';
}

type Try = {
  username?: string;
  password?: string;
  challenge?: string;
  nonceCount?: number;
  source?: string;
  uri?: string;
  callId?: string;
};

function attempt({
  username = 'ann',
  password = 'right',
  challenge,
  nonceCount = 1,
  source = base.source,
  uri: signed = uri,
  callId = `call-${(calls += 1)}`,
}: Try = {}) {
  const answer = {
    challenge: challenge ?? challengeFor(username),
    username,
    password,
    method: 'REGISTER',
    uri: signed,
    nonceCount,
  };
  return authenticator.authenticate({ ...base, source, callId, authorization: answerChallenge(answer) });
}

/** A challenge without what differs from one to the next. */
function look(decision: AuthDecision): unknown {
  if (decision.kind !== 'challenge') return decision;
  return { kind: decision.kind, challenges: decision.challenges.map((text) => text.replace(/nonce="[^"]*"/, 'nonce')) };
}

test('challenges, then accepts', () => {
  expect(authenticator.authenticate(base)).toEqual({
    kind: 'challenge',
    challenges: [expect.stringMatching(/^Digest realm="house\.test", nonce="[\w-]{40}", algorithm=MD5, qop="auth"$/)],
    reason: 'no-credentials',
  });
  expect(attempt()).toEqual({ kind: 'accepted', device: ann, nonceSerial: 2, lastNonceSerial: 2 });
});

test('a phone that is set to SHA-256 is offered nothing else, and gets in by nothing less', () => {
  expect(challengeFor('modern', 0)).toContain('algorithm=SHA-256');
  expect(challengeFor('modern', 1)).toBe('');
  expect(attempt({ username: 'modern' })).toMatchObject({ kind: 'accepted' });
  const weaker = () => challengeFor('modern').replace('SHA-256', 'MD5');
  for (const nonceCount of [1, 0]) {
    expect(attempt({ username: 'modern', challenge: weaker(), nonceCount })).toMatchObject({
      kind: 'challenge',
      reason: 'weak-algorithm',
    });
  }
  expect(attempt({ username: 'modern', challenge: challengeFor('modern').replace('SHA-256', 'MD5-sess') }).kind).toBe(
    'challenge',
  );
});

test('whether a weak answer was right is not disclosed', () => {
  const answers = ['right', 'wrong'].map((password) =>
    look(attempt({ username: 'modern', password, challenge: challengeFor('modern').replace('SHA-256', 'MD5') })),
  );
  expect(answers[0]).toEqual(answers[1]);
});

test('a baresip with a wrong password, which answers six challenges by itself, gets in with the right one 4 s later', () => {
  for (let time = 0; time < 6; time += 1) expect(attempt({ password: 'wrong', callId: 'baresip' }).kind).toBe('challenge');
  clock.advance(4_000);
  expect(attempt()).toMatchObject({ kind: 'accepted' });
  expect(guesses).toEqual([['ann', '192.0.2.1']]);
});

test('failed logins are reported for existing devices only', () => {
  attempt({ username: 'nobody', password: 'wrong' });
  attempt({ username: 'modern', password: 'wrong', source: '192.0.2.7' });
  expect(guesses).toEqual([['modern', '192.0.2.7']]);
});

test('the right password is accepted though the machine stood still for minutes, and the clock was set meanwhile', () => {
  const challenge = challengeFor();
  clock.advance(240_000);
  clock.jump(8 * 3_600_000);
  expect(attempt({ challenge })).toMatchObject({ kind: 'accepted' });
  clock.jump(-3 * 86_400_000);
  expect(attempt({ challenge, nonceCount: 2 })).toMatchObject({ kind: 'accepted' });
});

test('a phone of RFC 2069 answers without qop, with a nonce of its own each time', () => {
  const challenge = challengeFor();
  expect(attempt({ challenge, nonceCount: 0 })).toMatchObject({ kind: 'accepted' });
  expect(attempt({ challenge, nonceCount: 0 })).toMatchObject({ kind: 'challenge', reason: 'stale' });
});

test('a nonce goes on with rising counts; a replay is answered with stale=true, whatever the contact', () => {
  const challenge = challengeFor();
  expect([1, 2, 3].map((nonceCount) => attempt({ challenge, nonceCount }).kind)).toEqual(['accepted', 'accepted', 'accepted']);
  const replay = attempt({ challenge, nonceCount: 2 });
  expect(replay).toMatchObject({ kind: 'challenge', reason: 'stale', challenges: [expect.stringContaining('stale=true')] });
  expect(attempt({ challenge, nonceCount: 4 })).toMatchObject({ kind: 'accepted' });
});

test('an old nonce with the right password is stale, not wrong', () => {
  const challenge = challengeFor();
  clock.advance(3_600_000);
  for (let time = 0; time < 10; time += 1) expect(attempt({ challenge })).toMatchObject({ reason: 'stale' });
  expect(attempt()).toMatchObject({ kind: 'accepted' });
});

test('a nonce of another house is not accepted with the right password', () => {
  const challenge = challengeFor().replace(/nonce="[^"]*"/, 'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"');
  expect(attempt({ challenge })).toMatchObject({ kind: 'challenge', reason: 'stale' });
});

test('unknown, disabled and wrong look the same', () => {
  const wrong = look(attempt({ password: 'wrong' }));
  expect(look(attempt({ username: 'nobody' }))).toEqual(wrong);
  expect(look(attempt({ username: 'off' }))).toEqual(wrong);
  expect(look(authenticator.authenticate({ ...base, user: 'nobody' }))).toEqual(
    look(authenticator.authenticate({ ...base, user: 'ann' })),
  );
});

test('unknown, disabled and wrong are slowed down alike', () => {
  for (const username of ['ann', 'nobody', 'off']) {
    for (let time = 0; time < 5; time += 1) expect(attempt({ username, password: 'wrong' }).kind).toBe('challenge');
    expect(attempt({ username, password: 'wrong' })).toEqual({ kind: 'slow-down', retryAfterSeconds: 60, username });
  }
});

test('the pair is slowed down, not the house, not the device, and not without end', () => {
  for (let time = 0; time < 5; time += 1) attempt({ password: 'wrong' });
  expect(attempt()).toMatchObject({ kind: 'slow-down' });
  expect(attempt({ username: 'modern' })).toMatchObject({ kind: 'accepted' });
  expect(attempt({ source: '192.0.2.2' })).toMatchObject({ kind: 'accepted' });
  clock.advance(60_000);
  expect(attempt()).toMatchObject({ kind: 'accepted' });
});

test('never the source of a registered phone', () => {
  registered.add('192.0.2.1');
  for (let time = 0; time < 20; time += 1) expect(attempt({ password: 'wrong' }).kind).toBe('challenge');
  expect(attempt()).toMatchObject({ kind: 'accepted' });
});

test('the digest is for this method and for who is called', () => {
  const invite = { ...base, method: 'INVITE', requestUri: 'sip:202@house.test' };
  const sign = (signed: string, method = 'INVITE') =>
    answerChallenge({ challenge: challengeFor(), username: 'ann', password: 'right', method, uri: signed });
  const decide = (authorization: string) => authenticator.authenticate({ ...invite, authorization }).kind;
  expect(decide(sign('sip:202@house.test'))).toBe('accepted');
  expect(decide(sign('sip:202@192.0.2.9:5060;transport=udp'))).toBe('accepted');
  expect(decide(sign('sip:house.test'))).toBe('accepted');
  expect(decide(sign('sip:911@house.test'))).toBe('challenge');
  expect(decide(sign('sip:202@house.test', 'REGISTER'))).toBe('challenge');
});

test.each([
  ['', 'no-credentials'],
  ['Basic YW5uOnJpZ2h0', 'malformed'],
  ['Digest', 'malformed'],
  [`Digest username="${'x'.repeat(10_000)}"`, 'malformed'],
  ['Digest username="ann", realm="other", nonce="a", uri="sip:x", response="b"', 'foreign-realm'],
  ['Digest username="ann", realm="house.test", nonce="a", uri="sip:x", response="b", algorithm=SHA3', 'no-credentials'],
  ['Digest username="ann", realm="house.test", nonce="a", uri="sip:x", response="b"', 'wrong-credentials'],
  ['Digest username="ann", realm="house.test", nonce="", uri="", response="\0"', 'wrong-credentials'],
  [`Digest username="__proto__", realm="house.test", nonce="a", uri="sip:x", response="${'0'.repeat(32)}"`, 'wrong-credentials'],
])('header %j: %s', (authorization, reason) => {
  expect(authenticator.authenticate({ ...base, authorization })).toMatchObject({ kind: 'challenge', reason });
});

test('answers for several realms or algorithms in one header: ours is found', () => {
  const other = 'Digest username="ann", realm="elsewhere", nonce="a", uri="sip:x", response="b"';
  const ours = answerChallenge({ challenge: challengeFor(), username: 'ann', password: 'right', method: 'REGISTER', uri });
  expect(authenticator.authenticate({ ...base, authorization: `${other},${ours}` })).toMatchObject({ kind: 'accepted' });
});
