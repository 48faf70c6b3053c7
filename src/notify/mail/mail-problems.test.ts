import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { smtpSaved } from '#testing/harness/mail-harness.ts';
import { mailProblems } from './mail-problems.ts';

const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const saved = smtpSaved(587);
const dkim = { domain: 'example.org', selector: 'house' };
const postmark = { service: 'postmark', from: { address: 'house@example.org', name: '' } };

type Given = Readonly<Record<string, string | null>>;

describe('settings of mail that are saved or tried', () => {
  it.each<[string, Record<string, unknown>, Given]>([
    ['keep their password for the same server', { from: { address: 'new@example.org', name: '' } }, {}],
    ['lead elsewhere with a password for that', { host: 'other.example.org' }, { password: 'new' }],
    ['need none where nobody logs in', { host: 'other.example.org', username: null }, { password: null }],
    ['sign with a key', { dkim }, { dkimPrivateKey: key }],
  ])('%s', (_what, settings, secrets) => {
    expect(mailProblems({ settings: { ...saved.settings, ...settings }, secrets }, saved)).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, Given, string, RegExp]>([
    ['another server', { host: 'other.example.org' }, {}, 'secrets.password', /given again for another server/],
    ['another port', { port: 2525 }, {}, 'secrets.password', /given again/],
    ['another protection', { security: 'starttls' }, {}, 'secrets.password', /given again/],
    ['a login without password', {}, { password: null }, 'secrets.password', /is missing/],
    ['a signature without key', { dkim }, {}, 'secrets.dkimPrivateKey', /is missing/],
    ['a key that is none', { dkim }, { dkimPrivateKey: 'none' }, 'secrets.dkimPrivateKey', /private key in PEM/],
    [
      'a certificate that is cut off',
      { certificateAuthority: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----' },
      {},
      'settings.certificateAuthority',
      /whole certificate/,
    ],
  ])('say what is wrong: %s', (_what, settings, secrets, field, message) => {
    const problems = mailProblems({ settings: { ...saved.settings, ...settings }, secrets }, saved);
    expect(problems).toEqual([{ field, message: expect.stringMatching(message) }]);
  });

  it('of Postmark need a token, which no password of a mail server stands in for', () => {
    expect(mailProblems({ settings: postmark, secrets: {} }, saved)).toMatchObject([{ field: 'secrets.serverToken' }]);
    expect(mailProblems({ settings: postmark, secrets: { serverToken: 'x' } }, saved)).toEqual([]);
  });

  it('of a mail server again after Postmark need its password again', () => {
    const before = { ...saved, settings: postmark, secrets: { serverToken: 'x', password: 'old' } };
    expect(mailProblems({ settings: saved.settings, secrets: {} }, before)).toMatchObject([{ field: 'secrets.password' }]);
  });
});
