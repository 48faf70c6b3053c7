import { expect, test } from 'vitest';
import { parseCredentials } from './digest-credentials.ts';
import type { DigestCredentials } from './digest-credentials.ts';
import { challengeHeaders, equalsInConstantTime, expectedResponse, makeHa1 } from './digest.ts';

const rfc7616 = {
  username: 'Mufasa',
  realm: 'http-auth@example.org',
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  uri: '/dir/index.html',
  qop: 'auth',
  nc: '00000001',
  nonceCount: 1,
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
} as const;

const rfc2617 = {
  ...rfc7616,
  realm: 'testrealm@host.com',
  nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
  cnonce: '0a4f113b',
} as const;

const rfc2069 = { ...rfc2617, qop: undefined, nc: undefined, nonceCount: undefined, cnonce: undefined } as const;

type Vector = { name: string; given: Omit<DigestCredentials, 'response'>; password: string; response: string };

const vectors: Vector[] = [
  {
    name: 'RFC 7616 section 3.9.1, MD5',
    given: { ...rfc7616, algorithm: 'MD5' },
    password: 'Circle of Life',
    response: '8ca523f5e9506fed4657c9700eebdbec',
  },
  {
    name: 'RFC 7616 section 3.9.1, SHA-256',
    given: { ...rfc7616, algorithm: 'SHA-256' },
    password: 'Circle of Life',
    response: '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
  },
  {
    name: 'RFC 2617 section 3.5',
    given: { ...rfc2617, algorithm: 'MD5' },
    password: 'Circle Of Life',
    response: '6629fae49393a05397450978507c4ef1',
  },
  {
    name: 'RFC 2069 section 2.4, with its erratum 749',
    given: { ...rfc2069, algorithm: 'MD5' },
    password: 'CircleOfLife',
    response: '1949323746fe6a43ef61f9606e7febea',
  },
];

test.each(vectors)('$name', ({ given, password, response }) => {
  const ha1 = makeHa1(given.username, given.realm, password);
  expect(expectedResponse({ ...given, response: '' }, ha1, 'GET')).toBe(response);
});

test('the stored hashes are those of the RFC', () => {
  expect(makeHa1('Mufasa', 'testrealm@host.com', 'Circle Of Life').md5).toBe('939e7578ed9e3c518a452acee763bce9');
});

test('the header of RFC 7616 as a whole', () => {
  const header = `Digest username="Mufasa",
       realm="http-auth@example.org",
       uri="/dir/index.html",
       algorithm=SHA-256,
       nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
       nc=00000001,
       cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
       qop=auth,
       response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
       opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;
  const [credentials, ...more] = parseCredentials(header);
  expect(more).toEqual([]);
  const ha1 = makeHa1('Mufasa', 'http-auth@example.org', 'Circle of Life');
  expect(credentials && expectedResponse(credentials, ha1, 'GET')).toBe(credentials?.response);
});

test.each(['MD5', 'SHA-256'] as const)('%s-sess hashes the session key, from what the store keeps', (base) => {
  const given = { ...rfc7616, response: '' };
  const ha1 = makeHa1(given.username, given.realm, 'Circle of Life');
  const name = base === 'MD5' ? 'md5' : 'sha256';
  const session = makeHa1(ha1[name], given.nonce, given.cnonce);
  const expected = expectedResponse({ ...given, algorithm: base }, session, 'GET');
  expect(expectedResponse({ ...given, algorithm: `${base}-sess` }, ha1, 'GET')).toBe(expected);
});

test('challenges name the better algorithm first (RFC 8760 section 2.4)', () => {
  const challenge = { realm: 'the "house"', nonce: 'n', isStale: false };
  expect(challengeHeaders({ ...challenge, algorithms: ['SHA-256', 'MD5'] })).toEqual([
    String.raw`Digest realm="the \"house\"", nonce="n", algorithm=SHA-256, qop="auth"`,
    String.raw`Digest realm="the \"house\"", nonce="n", algorithm=MD5, qop="auth"`,
  ]);
  expect(challengeHeaders({ realm: 'r', nonce: 'n', algorithms: ['MD5'], isStale: true })).toEqual([
    'Digest realm="r", nonce="n", stale=true, algorithm=MD5, qop="auth"',
  ]);
});

test('texts are compared whole', () => {
  expect([equalsInConstantTime('abc', 'abc'), equalsInConstantTime('abc', 'abd'), equalsInConstantTime('abc', 'ab')]).toEqual([
    true,
    false,
    false,
  ]);
});
