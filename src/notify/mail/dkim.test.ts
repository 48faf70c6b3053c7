import { createHash, createPublicKey, createVerify, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MailHarness, attachmentOf, deliveryOf, smtpSaved, voicemailOf } from '#testing/harness/mail-harness.ts';
import { SmtpPeer } from '#testing/peers/smtp-peer.ts';
import { dkimPublicKey } from './dkim-key.ts';

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const dkim = { domain: 'example.org', selector: 'house' };

describe('a mail that the house signs', () => {
  it('is believed by whoever has the key of the DNS, with its recording, and not when a byte of it changed', async () => {
    await using peer = await SmtpPeer.start({ security: 'none' });
    const house = new MailHarness(smtpSaved(peer.port, { dkim }, { dkimPrivateKey: pem }));
    const told = voicemailOf(attachmentOf(Buffer.alloc(200_000, 'abc  \n\n')), 'Zwölf  Wörter ');
    expect(await house.send(deliveryOf([told]))).toMatchObject({ kind: 'delivered' });
    const raw = peer.mails[0]?.raw.toString('latin1') ?? '';
    expect(raw.slice(0, 600)).toMatch(
      /^DKIM-Signature: v=1; a=rsa-sha256; c=relaxed\/relaxed;\s+d=example\.org;\s+q=dns\/txt;\s+s=house;/m,
    );
    const key = dkimPublicKey(pem) ?? '';
    expect(isSigned(raw, key)).toBe(true);
    expect(isSigned(raw.replace('Subject: Told', 'Subject: Sold'), key)).toBe(false);
    expect(isSigned(raw.replace('<p>1</p>', '<p>2</p>'), key)).toBe(false);
    await house.channel.stop();
  });

  it.each([
    ['is missing', {}],
    ['is none', { dkimPrivateKey: 'none' }],
    [
      'is of a kind that the library cannot sign with',
      { dkimPrivateKey: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
    ],
  ])('is not sent unsigned when its key %s', async (_what, secrets) => {
    await using peer = await SmtpPeer.start({ security: 'none' });
    const house = new MailHarness(smtpSaved(peer.port, { dkim }, secrets));
    expect(house.channel.problem()).toBe('not-set-up');
    expect(await house.send()).toMatchObject({ kind: 'permanent', reason: 'not-set-up' });
    expect(peer.mails).toEqual([]);
  });
});

/** RFC 6376 section 3.7, of relaxed/relaxed and rsa-sha256 alone. */
function isSigned(raw: string, publicKey: string): boolean {
  const end = raw.indexOf('\r\n\r\n');
  const headers = raw.slice(0, end).split(/\r\n(?![ \t])/);
  const signature = headers.find((line) => /^dkim-signature:/i.test(line)) ?? '';
  const tag = (name: string) => new RegExp(`(?:^|[;:])\\s*${name}=([^;]*)`).exec(signature)?.[1]?.replaceAll(/\s/g, '') ?? '';
  const body = raw
    .slice(end + 4)
    .replaceAll(/[ \t]+(?=\r\n)/g, '')
    .replaceAll(/[ \t]+/g, ' ')
    .replace(/(?:\r\n)*$/, '\r\n');
  if (createHash('sha256').update(body, 'latin1').digest('base64') !== tag('bh')) return false;
  const signed = tag('h')
    .split(':')
    .map((name) => headers.findLast((line) => line.toLowerCase().startsWith(`${name}:`)) ?? '');
  const text = [...signed.map(relaxed), relaxed(signature.replace(/(;\s*b=)[\s\S]*$/, '$1'))].join('\r\n');
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  return createVerify('RSA-SHA256').update(text, 'latin1').verify(key, tag('b'), 'base64');
}

function relaxed(line: string): string {
  const colon = line.indexOf(':');
  const value = line
    .slice(colon + 1)
    .replaceAll('\r\n', '')
    .replaceAll(/[ \t]+/g, ' ')
    .trim();
  return `${line.slice(0, colon).toLowerCase()}:${value}`;
}
