import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '#testing/base/tls-certificate.ts';
import type { TestCertificate } from '#testing/base/tls-certificate.ts';
import { MailHarness, attachmentOf, deliveryOf, missedCall, smtpSaved, voicemailOf } from '#testing/harness/mail-harness.ts';
import { SmtpPeer } from '#testing/peers/smtp-peer.ts';
import type { SmtpPeerFault } from '#testing/peers/smtp-peer.ts';

let certificate: TestCertificate;
let pem: string;
beforeAll(() => {
  certificate = makeCertificate();
  pem = readFileSync(certificate.certFile, 'utf8').trim();
});
afterAll(() => certificate.remove());

/** For what never comes; whatever comes has its time on a busy machine. */
const impatient = { connectMs: 3000, greetingMs: 3000, silenceMs: 1500 };

describe('a mail by a mail server', () => {
  it('arrives once, whole, with what keeps mails of one call together and machines from answering', async () => {
    await using peer = await SmtpPeer.start({ security: 'none' });
    const house = new MailHarness(smtpSaved(peer.port));
    const outcome = await house.send();
    expect(outcome).toMatchObject({
      kind: 'delivered',
      reply: { status: 250, request: expect.stringContaining('RCPT TO:<anna@example.org>') },
    });
    expect(peer.mails).toHaveLength(1);
    const [{ mail, ...envelope } = expect.fail()] = peer.mails;
    expect(envelope).toMatchObject({ from: 'house@example.org', to: ['anna@example.org'], user: 'house' });
    expect(mail).toMatchObject({ messageId: '<dlv_1@example.org>', subject: 'Told: missed-call' });
    expect(mail.from?.value).toEqual([{ address: 'house@example.org', name: 'The house' }]);
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail.headers.get('x-auto-response-suppress')).toBe('All');
    expect(mail.headers.has('list-unsubscribe')).toBe(false);
    expect(mail.text).toContain('"called":"Home"');
    expect(mail.html).toContain('<p>1</p>');
    await house.send(deliveryOf([missedCall], { messageId: 'dlv_2' }));
    expect(peer.mails[1]?.mail.references).toBe(mail.references);
    await house.channel.stop();
  });

  it('has the domains of its addresses in ASCII, also at a server that knows no others', async () => {
    await using peer = await SmtpPeer.start({ security: 'none' });
    const house = new MailHarness(smtpSaved(peer.port, { from: { address: 'house@bücher.example', name: 'Bücher' } }));
    const delivery = deliveryOf([missedCall]);
    const target = { ...delivery.target, address: 'anna@exämple.org' };
    expect(await house.send({ ...delivery, target })).toMatchObject({ kind: 'delivered' });
    expect(peer.commands.filter((one) => /^(?:MAIL|RCPT)/.test(one)).map((one) => one.replace(/ SIZE=.*/, ''))).toEqual([
      'MAIL FROM:<house@xn--bcher-kva.example>',
      'RCPT TO:<anna@xn--exmple-cua.org>',
    ]);
    expect(peer.mails[0]?.mail.messageId).toBe('<dlv_1@xn--bcher-kva.example>');
    await house.channel.stop();
  });

  it.each(['tls', 'starttls'] as const)('goes encrypted where the settings say so (%s)', async (security) => {
    await using peer = await SmtpPeer.start({ security, certificate });
    const house = new MailHarness(smtpSaved(peer.port, { security, host: 'localhost', certificateAuthority: pem }));
    expect(await house.send()).toMatchObject({ kind: 'delivered' });
    expect(peer.mails).toMatchObject([{ isEncrypted: true, user: 'house' }]);
    await house.channel.stop();
  });

  it('brings a voicemail with its recording, byte for byte, read while it is sent', async () => {
    await using peer = await SmtpPeer.start({ security: 'none' });
    const house = new MailHarness(smtpSaved(peer.port));
    const audio = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, at) => (at * 31) % 251));
    let hasBegun = false;
    const attachment = {
      ...attachmentOf(audio),
      open: async () =>
        Readable.from(
          (function* () {
            hasBegun = true;
            for (let at = 0; at < audio.length; at += 4096) yield audio.subarray(at, at + 4096);
          })(),
        ),
    };
    expect(await house.send(deliveryOf([voicemailOf(attachment, 'Please call me back')]))).toMatchObject({ kind: 'delivered' });
    expect(hasBegun).toBe(true);
    const [found] = peer.mails[0]?.mail.attachments ?? [];
    expect(found).toMatchObject({ filename: 'voicemail.wav', contentType: 'audio/wav', contentDisposition: 'attachment' });
    expect(found?.content.equals(audio)).toBe(true);
    expect(peer.mails[0]?.mail.text).toContain('Please call me back');
    await house.channel.stop();
  });

  it('says that a recording is lost which cannot be opened, and arrives all the same', async () => {
    await using peer = await SmtpPeer.start({ security: 'none' });
    const house = new MailHarness(smtpSaved(peer.port));
    const lost = { ...attachmentOf(Buffer.from('x')), open: () => Promise.reject(new Error('ENOENT')) };
    expect(await house.send(deliveryOf([voicemailOf(lost)]))).toMatchObject({ kind: 'delivered' });
    expect(peer.mails[0]?.mail.attachments).toEqual([]);
    expect(peer.mails[0]?.mail.text).toContain('"audioProblem":"lost"');
    await house.channel.stop();
  });

  it('is not sent in half where a recording ends in the middle, and is tried again', async () => {
    await using peer = await SmtpPeer.start({ security: 'none' });
    const house = new MailHarness(smtpSaved(peer.port));
    const broken = {
      ...attachmentOf(Buffer.alloc(200_000)),
      open: async () =>
        Readable.from(
          (function* () {
            yield Buffer.alloc(100_000);
            throw new Error('The disk is gone');
          })(),
        ),
    };
    const outcome = await house.send(deliveryOf([voicemailOf(broken)]));
    expect(outcome).toMatchObject({
      kind: 'temporary',
      reason: 'unexpected',
      detail: expect.stringContaining('The disk is gone'),
    });
    expect(outcome).not.toHaveProperty('inDoubt');
    expect(peer.mails).toEqual([]);
    await house.channel.stop();
  });

  it.each([
    ['announces less', 50_000],
    ['says so only when it has all of it', undefined],
  ])('goes without its recording to a server that takes no such size and %s', async (_how, size) => {
    await using peer = await SmtpPeer.start({ security: 'none', ...(size === undefined ? {} : { size }) });
    if (size === undefined) peer.fault = { at: 'message', does: [552, '5.3.4 Message too big for system'], times: 1 };
    const house = new MailHarness(smtpSaved(peer.port));
    const outcome = await house.send(deliveryOf([voicemailOf(attachmentOf(Buffer.alloc(100_000)))]));
    expect(outcome).toMatchObject({ kind: 'delivered', note: expect.stringContaining('Without attachments') });
    expect(peer.mails).toHaveLength(1);
    expect(peer.mails[0]?.mail.text).toContain('"audioProblem":"too-large"');
    await house.channel.stop();
  });

  it('holds no more than the settings say, all attachments together', async () => {
    await using peer = await SmtpPeer.start({ security: 'none' });
    const house = new MailHarness(smtpSaved(peer.port, { maxAttachmentBytes: 1000 }));
    const told = [600, 600, 300].map((bytes) => voicemailOf(attachmentOf(Buffer.alloc(bytes), `${bytes}.wav`)));
    await house.send(deliveryOf([told[0] ?? missedCall, ...told.slice(1)]));
    expect(peer.mails[0]?.mail.attachments.map(({ filename }) => filename)).toEqual(['600.wav', '300.wav']);
    expect(peer.mails[0]?.mail.text?.match(/too-large/g)).toHaveLength(1);
    await house.channel.stop();
  });

  it('lets no name of a sender, a file or a type add a header or a recipient', async () => {
    await using peer = await SmtpPeer.start({ security: 'none' });
    const name = 'Eve\r\nBcc: eve@example.com\r\n';
    const house = new MailHarness(smtpSaved(peer.port), {
      render: () => ({ subject: `Call from ${name}`, text: `${name}\r\n.\r\nMAIL FROM:<x>`, html: '<p></p>' }),
    });
    const file = attachmentOf(Buffer.from('x'), `../..\\${name}.wav`, 'audio/wav\r\nX-Evil: 1');
    await house.send(deliveryOf([voicemailOf(file)]));
    const [{ mail, to, raw } = expect.fail()] = peer.mails;
    expect(to).toEqual(['anna@example.org']);
    expect(mail.bcc).toBeUndefined();
    expect(mail.headers.has('x-evil')).toBe(false);
    expect(mail.attachments[0]?.filename).toMatch(/^[^/\\\r\n]+$/);
    expect(raw.toString()).toMatch(/^Content-Type: application\/octet-stream;/m);
    expect(mail.text).toContain('MAIL FROM:<x>');
    await house.channel.stop();
  });
});

type FaultRow = [SmtpPeerFault['at'], SmtpPeerFault['does'], object];

describe('a mail that a mail server does not take', () => {
  it.each<FaultRow>([
    ['connect', [421, 'Too busy'], { kind: 'temporary', reason: 'busy' }],
    ['connect', [554, 'No SMTP here'], { kind: 'permanent', reason: 'server-error' }],
    ['auth', [535, '5.7.8 Wrong'], { kind: 'permanent', reason: 'refused-login' }],
    ['auth', [454, '4.7.0 Temporary authentication failure'], { kind: 'temporary', reason: 'refused-login' }],
    ['mail', [550, '5.7.1 Sender not yours'], { kind: 'permanent', reason: 'refused-sender' }],
    ['mail', [451, '4.3.0 Later'], { kind: 'temporary', reason: 'busy' }],
    ['rcpt', [450, '4.2.0 Greylisted, see you in 5 minutes'], { kind: 'temporary', reason: 'busy' }],
    ['rcpt', [550, '5.1.1 No such user'], { kind: 'permanent', reason: 'refused-recipient', isTargetGone: true }],
    ['rcpt', [554, '5.7.1 Relay access denied'], { kind: 'permanent', reason: 'refused-recipient' }],
    ['message', [451, '4.7.1 Later'], { kind: 'temporary', reason: 'busy' }],
    ['message', [554, '5.6.0 Spam'], { kind: 'permanent', reason: 'refused-content' }],
    ['message', [421, '4.3.2 Shutting down'], { kind: 'temporary', reason: 'busy' }],
  ])('at %s by %s: tried again where it may do, shown where not, never in doubt', async (at, does, expected) => {
    await using peer = await SmtpPeer.start({ security: 'none' });
    peer.fault = { at, does };
    const house = new MailHarness(smtpSaved(peer.port));
    const outcome = await house.send();
    expect(outcome).toMatchObject(expected);
    expect(outcome).not.toHaveProperty('inDoubt');
    if ('isTargetGone' in outcome) expect(expected).toHaveProperty('isTargetGone');
    expect(house.commits).toBe(at === 'message' ? 1 : 0);
    expect(peer.mails).toEqual([]);
    // And the next one is taken as if nothing had been.
    peer.fault = undefined;
    expect(await house.send()).toMatchObject({ kind: 'delivered' });
    await house.channel.stop();
  });

  it.each<[SmtpPeerFault['at'], 'drop' | 'stall', object]>([
    ['connect', 'drop', { kind: 'temporary', reason: 'cut-off' }],
    ['connect', 'stall', { kind: 'temporary', reason: 'timed-out' }],
    ['auth', 'drop', { kind: 'temporary', reason: 'cut-off' }],
    ['mail', 'stall', { kind: 'temporary', reason: 'timed-out' }],
    ['rcpt', 'drop', { kind: 'temporary', reason: 'cut-off' }],
    ['data', 'drop', { kind: 'temporary', reason: 'cut-off' }],
    ['data', 'stall', { kind: 'temporary', reason: 'timed-out' }],
    ['message', 'drop', { kind: 'temporary', reason: 'cut-off', inDoubt: true }],
    ['message', 'stall', { kind: 'temporary', reason: 'timed-out', inDoubt: true }],
  ])('at %s by %s: in doubt only behind the last dot', async (at, does, expected) => {
    await using peer = await SmtpPeer.start({ security: 'none' });
    peer.fault = { at, does };
    const house = new MailHarness(
      smtpSaved(peer.port, { maxAttachmentBytes: 20_000_000 }),
      does === 'stall' ? { limits: impatient } : {},
    );
    // Too large for what lies between the two ends, so that it stops in the middle.
    const large = deliveryOf([voicemailOf(attachmentOf(Buffer.alloc(19_000_000, 7)))]);
    const outcome = await house.send(at === 'data' ? large : undefined);
    expect(outcome).toMatchObject(expected);
    expect('inDoubt' in outcome).toBe('inDoubt' in expected);
    expect(house.commits).toBe(at === 'data' || at === 'message' ? 1 : 0);
    await house.channel.stop();
  });

  it('since nobody listens there', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    await new Promise((done) => server.close(done));
    const house = new MailHarness(smtpSaved(port));
    expect(await house.send()).toMatchObject({ kind: 'temporary', reason: 'unreachable' });
  });

  it.each<[string, object, object]>([
    [
      'a self-signed certificate',
      {},
      { kind: 'permanent', reason: 'certificate', detail: expect.stringMatching(/self.signed/i) },
    ],
  ])('since it shows %s', async (_what, settings, expected) => {
    await using peer = await SmtpPeer.start({ security: 'tls', certificate });
    const house = new MailHarness(smtpSaved(peer.port, { security: 'tls', host: 'localhost', ...settings }));
    expect(await house.send()).toMatchObject(expected);
    expect(peer.mails).toEqual([]);
  });

  it.each(['tls', 'starttls'])('since its certificate is of another name (%s)', async (security) => {
    const other = makeCertificate(['DNS:mail.example.org']);
    const certificateAuthority = readFileSync(other.certFile, 'utf8').trim();
    await using peer = await SmtpPeer.start({ security: security as 'tls', certificate: other });
    const house = new MailHarness(smtpSaved(peer.port, { security, host: 'localhost', certificateAuthority }));
    const detail = expect.stringContaining('mail.example.org');
    expect(await house.send()).toMatchObject({ kind: 'permanent', reason: 'certificate', detail });
    expect(peer.mails).toEqual([]);
    other.remove();
  });

  it.each<['tls' | 'starttls', object]>([
    ['starttls', { kind: 'permanent', reason: 'tls-failed' }],
    ['tls', { kind: 'permanent', reason: 'tls-failed', detail: expect.stringContaining('Port 465 needs TLS from the start') }],
  ])('since it does not encrypt as asked (%s), and gets no password', async (security, expected) => {
    await using peer = await SmtpPeer.start({ security: 'none' });
    const heard = await listen(peer.port);
    const house = new MailHarness(smtpSaved(heard.port, { security, host: 'localhost' }));
    expect(await house.send()).toMatchObject(expected);
    expect(heard.text()).not.toMatch(/AUTH|MAIL FROM/);
    await heard.close();
  });

  it('since it does not let anybody log in, and gets no mail that it might take without', async () => {
    await using peer = await SmtpPeer.start({ security: 'none', login: null });
    const house = new MailHarness(smtpSaved(peer.port));
    expect(await house.send()).toMatchObject({ kind: 'permanent', reason: 'refused-login' });
    expect(peer.mails).toEqual([]);
    house.saved = smtpSaved(peer.port, { username: null });
    house.channel.changed();
    expect(await house.send()).toMatchObject({ kind: 'delivered' });
    await house.channel.stop();
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['an address of the own network that is not allowed', { allowsOwnNetwork: false }, 'address-forbidden'],
    ['an address of clouds for their machines', { host: '169.254.169.254' }, 'address-forbidden'],
    ['a name that is none', { host: 'no-such-name.invalid' }, 'name-unknown'],
  ])('since it is %s', async (_what, settings, reason) => {
    const house = new MailHarness(smtpSaved(25, settings));
    expect(await house.send()).toMatchObject({ reason });
  });

  it('since it takes too long: the connection ends with the attempt', async () => {
    await using peer = await SmtpPeer.start({ security: 'none' });
    peer.fault = { at: 'message', does: 'stall' };
    const house = new MailHarness(smtpSaved(peer.port));
    const attempt = new AbortController();
    const sent = house.send(undefined, attempt.signal);
    await expect.poll(() => house.commits, { timeout: 10_000 }).toBe(1);
    await new Promise((done) => setTimeout(done, 100));
    attempt.abort();
    expect(await sent).toMatchObject({ kind: 'temporary', reason: 'timed-out' });
    await expect.poll(() => peer.open, { timeout: 10_000 }).toBe(0);
  });
});

describe('connections to a mail server', () => {
  it('are used again, and ended by new settings', async () => {
    await using peer = await SmtpPeer.start({ security: 'none' });
    const house = new MailHarness(smtpSaved(peer.port));
    for (let mail = 0; mail < 3; mail += 1) await house.send();
    expect(peer.connections).toBe(1);
    house.channel.changed();
    await expect.poll(() => peer.open, { timeout: 10_000 }).toBe(0);
    await house.send();
    expect(peer.connections).toBe(2);
    await house.channel.stop();
    await expect.poll(() => peer.open, { timeout: 10_000 }).toBe(0);
  });

  it('that the server ended while they were kept cost no attempt', async () => {
    await using peer = await SmtpPeer.start({ security: 'none' });
    const house = new MailHarness(smtpSaved(peer.port));
    await house.send();
    peer.dropAll();
    expect(await house.send()).toMatchObject({ kind: 'delivered' });
    expect(peer.mails).toHaveLength(2);
    await house.channel.stop();
  });

  it('carry 50 mails at most', async () => {
    await using peer = await SmtpPeer.start({ security: 'none' });
    const house = new MailHarness(smtpSaved(peer.port));
    for (let mail = 0; mail < 51; mail += 1) await house.send();
    expect([peer.mails.length, peer.connections]).toEqual([51, 2]);
    await house.channel.stop();
  });
});

/** Hears what is said to the server behind it. */
async function listen(to: number) {
  const { connect } = await import('node:net');
  let text = '';
  const server = createServer((socket) => {
    const behind = connect(to, '127.0.0.1');
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', () => behind.destroy());
    behind.on('error', () => socket.destroy());
    socket.pipe(behind).pipe(socket);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    text: () => text,
    close: () => new Promise((done) => server.close(done)),
  };
}
