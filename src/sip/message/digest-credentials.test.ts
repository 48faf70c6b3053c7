import { describe, expect, it } from 'vitest';
import { digestCredentials } from './digest-credentials.ts';

const mufasa = { username: 'Mufasa', password: 'Circle of Life' };
const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';
const rest =
  'realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
const request = { method: 'GET', uri: '/dir/index.html' };

describe('the answer to a challenge', () => {
  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('is that of RFC 7616 section 3.9.1 for %s', (algorithm, response) => {
    const answer = digestCredentials(mufasa, () => cnonce);
    const header = answer({ 'www-authenticate': `Digest ${rest}, algorithm=${algorithm}` }, request);
    expect(header?.name).toBe('Authorization');
    expect(header?.value).toContain(`response="${response}"`);
    expect(header?.value).toContain('nc=00000001');
  });

  it('takes the stronger of two challenges in one line', () => {
    const answer = digestCredentials(mufasa, () => cnonce);
    const both = `Digest ${rest}, algorithm=MD5, Digest ${rest}, algorithm=SHA-256`;
    expect(answer({ 'proxy-authenticate': both }, request)).toMatchObject({ name: 'Proxy-Authorization' });
    expect(answer({ 'proxy-authenticate': both }, request)?.value).toContain('algorithm=SHA-256');
  });

  it('counts uses of a nonce, and begins anew with a new one', () => {
    const answer = digestCredentials(mufasa);
    const count = (nonce: string) =>
      /nc=(\w+)/.exec(
        answer({ 'www-authenticate': `Digest realm="r", nonce="${nonce}", qop="auth"` }, request)?.value ?? '',
      )?.[1];
    expect([count('a'), count('a'), count('b')]).toEqual(['00000001', '00000002', '00000001']);
  });

  it('works without qop (RFC 2069)', () => {
    const value = digestCredentials(mufasa)({ 'www-authenticate': 'Digest realm="r", nonce="n"' }, request)?.value ?? '';
    expect(value).not.toContain('qop');
    expect(value).toContain('algorithm=MD5');
  });

  it.each([
    '',
    'Basic realm="x"',
    'Digest realm="r"',
    'Digest realm="r", nonce="n", algorithm=SHA-512-256',
    'Digest realm="r", nonce="n", qop="auth-int"',
  ])('is none to %j', (challenge) =>
    expect(digestCredentials(mufasa)({ 'www-authenticate': challenge }, request)).toBeUndefined(),
  );
});
