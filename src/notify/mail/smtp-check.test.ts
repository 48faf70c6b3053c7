import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeCertificate } from '#testing/base/tls-certificate.ts';
import { MailHarness, smtpSaved } from '#testing/harness/mail-harness.ts';
import { SmtpPeer } from '#testing/peers/smtp-peer.ts';
import type { SmtpPeerFault, SmtpPeerOptions } from '#testing/peers/smtp-peer.ts';
import type { MailDeps } from './mail-channel.ts';

/** For what never comes; whatever comes has its time on a busy machine. */
const impatient = { connectMs: 5000, greetingMs: 1000, silenceMs: 5000 };
const rsa = keyPem(2048);

function keyPem(modulusLength: number): string {
  return generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

type Given = {
  readonly settings?: Record<string, unknown>;
  readonly secrets?: Record<string, string>;
  readonly deps?: Partial<MailDeps>;
};

async function check(port: number, { settings = {}, secrets = {}, deps = {} }: Given = {}) {
  const saved = smtpSaved(port, { host: 'localhost', ...settings });
  const house = new MailHarness(undefined, { ...deps });
  const unsaved = { settings: saved.settings, secrets: { password: 'right', ...secrets } };
  const { steps } = await house.channel.check(unsaved, new AbortController().signal);
  return { steps, failed: steps.find(({ outcome }) => outcome === 'failed') };
}

describe('the check of a mail server', () => {
  it.each(['none', 'starttls', 'tls'] as const)('goes through all its steps and sends nothing (%s)', async (security) => {
    const certificate = makeCertificate();
    await using peer = await SmtpPeer.start({ security, certificate });
    const certificateAuthority = readFileSync(certificate.certFile, 'utf8').trim();
    const { steps } = await check(peer.port, { settings: { security, certificateAuthority } });
    expect(steps.map(({ outcome }) => outcome)).toEqual(steps.map(() => 'ok'));
    expect(steps.map(({ step }) => step)).toEqual(
      {
        none: ['address', 'connect', 'greeting', 'login', 'sender'],
        starttls: ['address', 'connect', 'greeting', 'tls', 'certificate', 'login', 'sender'],
        tls: ['address', 'connect', 'tls', 'certificate', 'greeting', 'login', 'sender'],
      }[security],
    );
    expect(peer.mails).toEqual([]);
    await expect.poll(() => peer.open, { timeout: 10_000 }).toBe(0);
    certificate.remove();
  });

  it.each<[string, Partial<SmtpPeerOptions>, SmtpPeerFault | undefined, Record<string, unknown>, [string, string]]>([
    ['the address', {}, undefined, { host: 'no-such-name.invalid' }, ['address', 'name-unknown']],
    ['the address', {}, undefined, { allowsOwnNetwork: false }, ['address', 'address-forbidden']],
    ['the greeting', {}, { at: 'connect', does: [554, 'No'] }, {}, ['greeting', 'server-error']],
    ['the greeting', {}, { at: 'connect', does: 'stall' }, {}, ['greeting', 'timed-out']],
    ['the greeting', {}, { at: 'connect', does: 'drop' }, {}, ['greeting', 'cut-off']],
    ['TLS', {}, undefined, { security: 'starttls' }, ['tls', 'tls-failed']],
    ['TLS', {}, undefined, { security: 'tls' }, ['tls', 'tls-failed']],
    ['the greeting', { security: 'tls' }, undefined, { security: 'starttls' }, ['greeting', 'timed-out']],
    ['the certificate', { security: 'tls' }, undefined, { security: 'tls' }, ['certificate', 'certificate']],
    ['the certificate', { security: 'starttls' }, undefined, { security: 'starttls' }, ['certificate', 'certificate']],
    ['the login', {}, { at: 'auth', does: [535, '5.7.8 No'] }, {}, ['login', 'refused-login']],
    ['the login', {}, { at: 'auth', does: 'drop' }, {}, ['login', 'cut-off']],
    ['the login', { login: null }, undefined, {}, ['login', 'refused-login']],
    [
      'the login',
      { login: null },
      { at: 'rcpt', does: [550, 'relay not permitted'] },
      { username: null },
      ['login', 'refused-login'],
    ],
    [
      'the login',
      { login: null },
      { at: 'rcpt', does: [554, '5.7.1 <house>: Client host rejected: Access denied'] },
      { username: null },
      ['login', 'refused-login'],
    ],
    ['the sender', {}, { at: 'mail', does: [550, '5.7.1 Not you'] }, {}, ['sender', 'refused-sender']],
    [
      'the sender',
      {},
      { at: 'rcpt', does: [553, '5.7.1 Sender address rejected: not owned by user'] },
      {},
      ['sender', 'refused-sender'],
    ],
  ])('names the step that fails: %s', async (_what, options, fault, settings, [step, reason]) => {
    const certificate = makeCertificate();
    await using peer = await SmtpPeer.start({ security: 'none', certificate, ...options });
    peer.fault = fault;
    const isWaited = fault?.does === 'stall' || reason === 'timed-out';
    const { steps, failed } = await check(peer.port, { settings, deps: isWaited ? { limits: impatient } : {} });
    expect(failed).toMatchObject({ step, reason });
    expect(failed?.detail).not.toBe('');
    const at = steps.findIndex(({ outcome }) => outcome === 'failed');
    expect(steps.slice(0, at).every(({ outcome }) => outcome === 'ok')).toBe(true);
    expect(steps.slice(at + 1).every(({ outcome }) => outcome === 'skipped')).toBe(true);
    expect(JSON.stringify(steps)).not.toContain('right');
    certificate.remove();
  });

  it('does not mind a sender that cannot receive mail', async () => {
    await using peer = await SmtpPeer.start({ security: 'none' });
    peer.fault = { at: 'rcpt', does: [550, '5.1.1 No such mailbox here'] };
    expect((await check(peer.port)).failed).toBeUndefined();
  });

  it('asks for the sender as a mail would: its domain in ASCII', async () => {
    await using peer = await SmtpPeer.start({ security: 'none' });
    const { failed } = await check(peer.port, { settings: { from: { address: 'house@bücher.example', name: '' } } });
    expect(failed).toBeUndefined();
    expect(peer.commands).toContain('MAIL FROM:<house@xn--bcher-kva.example>');
  });

  it('of a server without login skips the login', async () => {
    await using peer = await SmtpPeer.start({ security: 'none', login: null });
    const { steps } = await check(peer.port, { settings: { username: null } });
    expect(steps.find(({ step }) => step === 'login')).toMatchObject({ outcome: 'skipped' });
    expect(steps.every(({ outcome }) => outcome !== 'failed')).toBe(true);
  });

  it('does not end the next mail: it has a connection of its own', async () => {
    await using peer = await SmtpPeer.start({ security: 'none' });
    const house = new MailHarness(smtpSaved(peer.port));
    await house.send();
    const unsaved = { settings: smtpSaved(peer.port).settings, secrets: { password: 'wrong' } };
    const { steps } = await house.channel.check(unsaved, new AbortController().signal);
    expect(steps.find(({ outcome }) => outcome === 'failed')).toMatchObject({ step: 'login' });
    expect(await house.send()).toMatchObject({ kind: 'delivered' });
    await house.channel.stop();
  });
});

describe('the check of a DKIM key', () => {
  const dkim = { domain: 'example.org', selector: 'house' };

  it.each<[string, string | undefined, readonly string[] | 'ENOTFOUND' | 'ETIMEOUT', RegExp | undefined]>([
    ['that is missing', undefined, [], /DKIM key is missing/],
    ['that is no key', 'secret', [], /must be a private key/],
    ['of another kind', generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), [], /RSA/],
    ['that is too short', keyPem(512), [], /1024 bits, it has 512/],
    ['that is not in the DNS', rsa, 'ENOTFOUND', /no key at house\._domainkey\.example\.org\. It needs there: v=DKIM1/],
    ['of which the DNS has another one', rsa, ['v=DKIM1; k=rsa; p=', 'AAAA'], /another key/],
    ['of which the DNS says nothing', rsa, 'ETIMEOUT', undefined],
  ])('%s', async (_what, key, records, expected) => {
    await using peer = await SmtpPeer.start({ security: 'none' });
    const resolveTxt = async () => {
      if (typeof records === 'string') throw Object.assign(new Error(records), { code: records });
      return [records];
    };
    const secrets = key === undefined ? {} : { dkimPrivateKey: key };
    const { failed } = await check(peer.port, { settings: { dkim }, secrets, deps: { resolveTxt } });
    if (expected === undefined) return expect(failed).toBeUndefined();
    expect(failed).toMatchObject({ step: 'sender', detail: expect.stringMatching(expected) });
  });
});
