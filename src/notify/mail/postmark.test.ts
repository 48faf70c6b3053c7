import { describe, expect, it } from 'vitest';
import { MailHarness, attachmentOf, deliveryOf, missedCall, voicemailOf } from '#testing/harness/mail-harness.ts';
import type { PeerAnswer } from '#testing/peers/http-peer.ts';
import { errorOf, postmarkToken, startPostmarkPeer } from '#testing/peers/postmark-peer.ts';
import type { PostmarkPeer } from '#testing/peers/postmark-peer.ts';

function houseAt(peer: PostmarkPeer, settings = {}, serverToken = postmarkToken): MailHarness {
  const saved = {
    isEnabled: true,
    settings: { service: 'postmark', from: { address: 'house@example.org', name: 'The "house", \\ all' }, ...settings },
    secrets: { serverToken },
  };
  return new MailHarness(saved, { postmark: { url: peer.http.url, isOwnNetwork: true } });
}

describe('a mail by Postmark', () => {
  it('arrives once, in its message stream, and is found by its delivery', async () => {
    await using peer = await startPostmarkPeer();
    const house = houseAt(peer);
    const delivery = deliveryOf([missedCall]);
    const never = new AbortController().signal;
    expect(await house.channel.lookUp(delivery, never)).toBe('absent');
    expect(await house.send(delivery)).toMatchObject({ kind: 'delivered', reply: { status: 200 } });
    expect(house.commits).toBe(1);
    expect(await house.channel.lookUp(delivery, never)).toBe('arrived');
    expect(peer.mails).toHaveLength(1);
    expect(peer.mails[0]).toMatchObject({
      From: '"The \\"house\\", \\\\ all" <house@example.org>',
      To: 'anna@example.org',
      Subject: 'Told: missed-call',
      MessageStream: 'outbound',
      Metadata: { delivery: 'dlv_1' },
      TrackOpens: false,
      TrackLinks: 'None',
    });
    expect(peer.mails[0]?.Headers).toEqual(
      expect.arrayContaining([
        { Name: 'Message-ID', Value: '<dlv_1@example.org>' },
        { Name: 'X-PM-KeepID', Value: 'true' },
        { Name: 'Auto-Submitted', Value: 'auto-generated' },
      ]),
    );
  });

  it('brings a voicemail with its recording', async () => {
    await using peer = await startPostmarkPeer();
    const audio = Buffer.from(Uint8Array.from({ length: 200_000 }, (_, at) => at % 253));
    await houseAt(peer).send(deliveryOf([voicemailOf(attachmentOf(audio), 'Call me')]));
    const [attached] = peer.mails[0]?.Attachments ?? [];
    expect(attached).toMatchObject({ Name: 'voicemail.wav', ContentType: 'audio/wav' });
    expect(Buffer.from(attached?.Content ?? '', 'base64').equals(audio)).toBe(true);
  });

  it('never shows the token, neither in what is kept nor in an address', async () => {
    await using peer = await startPostmarkPeer();
    peer.refusals.push(errorOf(422, 300, "Invalid 'To' address"));
    const house = houseAt(peer);
    const outcomes = [
      await house.send(),
      await house.send(),
      await house.channel.check(
        { settings: house.saved?.settings ?? {}, secrets: { serverToken: postmarkToken } },
        new AbortController().signal,
      ),
    ];
    expect(JSON.stringify(outcomes)).not.toContain(postmarkToken);
    expect(JSON.stringify(peer.http.requests.map(({ path, body }) => [path, body]))).not.toContain(postmarkToken);
  });

  it('goes without a file that Postmark does not take', async () => {
    await using peer = await startPostmarkPeer();
    peer.refusals.push(errorOf(422, 411, 'Forbidden attachment type'));
    const outcome = await houseAt(peer).send(deliveryOf([voicemailOf(attachmentOf(Buffer.from('MZ'), 'a.exe'))]));
    expect(outcome).toMatchObject({ kind: 'delivered', note: expect.stringContaining('Forbidden attachment type') });
    expect(peer.mails[0]).toMatchObject({ Attachments: [], TextBody: expect.stringContaining('too-large') });
  });

  it('never grows beyond what Postmark takes, whatever the settings say', async () => {
    await using peer = await startPostmarkPeer();
    const house = houseAt(peer, { maxAttachmentBytes: 20_000_000 });
    expect(await house.send(deliveryOf([voicemailOf(attachmentOf(Buffer.alloc(8_000_000)))]))).toMatchObject({
      kind: 'delivered',
    });
    expect(peer.mails[0]?.Attachments).toEqual([]);
  });

  it.each<[string, PeerAnswer, object]>([
    ['a wrong token', errorOf(401, 10, 'Bad or missing token'), { kind: 'permanent', reason: 'refused-login' }],
    ['maintenance', errorOf(503, 100, 'Maintenance'), { kind: 'temporary', reason: 'busy' }],
    [
      'an address that is none',
      errorOf(422, 300, "Invalid 'To' address: 'x'."),
      { kind: 'permanent', reason: 'refused-recipient' },
    ],
    ['a sender that is none', errorOf(422, 300, "Invalid 'From' address: 'x'."), { kind: 'permanent', reason: 'refused-sender' }],
    ['a sender that is not confirmed', errorOf(422, 401, 'Not confirmed'), { kind: 'permanent', reason: 'refused-sender' }],
    [
      'an address that once bounced',
      errorOf(422, 406, 'You tried to send to a recipient that has been marked as inactive.'),
      {
        kind: 'permanent',
        reason: 'refused-recipient',
        isTargetGone: true,
        reply: { reply: expect.stringContaining('marked as inactive') },
      },
    ],
    ['an account that waits for approval', errorOf(422, 412, 'Pending'), { kind: 'permanent', reason: 'refused-sender' }],
    ['a message stream that is not there', errorOf(422, 1235, 'No such stream'), { kind: 'permanent', reason: 'not-set-up' }],
    [
      'too many',
      { status: 429, headers: { 'retry-after': '30' }, body: '{"ErrorCode":429,"Message":"Rate limit"}' },
      { kind: 'temporary', reason: 'busy', retryAfterSeconds: 30 },
    ],
    ['a fault of its own', { status: 500, body: 'oops' }, { kind: 'temporary', reason: 'server-error' }],
    ['nothing, since the connection ended', 'drop', { kind: 'temporary', reason: 'cut-off', inDoubt: true }],
  ])('that is answered with %s is tried again where it may do, and shown where not', async (_what, answer, expected) => {
    await using peer = await startPostmarkPeer();
    peer.refusals.push(answer);
    const outcome = await houseAt(peer).send();
    expect(outcome).toMatchObject(expected);
    expect('inDoubt' in outcome).toBe('inDoubt' in expected);
    expect('isTargetGone' in outcome).toBe('isTargetGone' in expected);
  });

  it('of which nobody can say whether it arrived stays unclear', async () => {
    await using peer = await startPostmarkPeer();
    const house = houseAt(peer, {}, 'another');
    expect(await house.channel.lookUp(deliveryOf([missedCall]), new AbortController().signal)).toBe('unclear');
  });
});

describe('the check of Postmark', () => {
  it('does not take a sandbox for a server that delivers', async () => {
    await using peer = await startPostmarkPeer();
    peer.deliveryType = 'Sandbox';
    const house = houseAt(peer);
    const unsaved = { settings: house.saved?.settings ?? {}, secrets: { serverToken: postmarkToken } };
    const { steps } = await house.channel.check(unsaved, new AbortController().signal);
    expect(steps.find(({ outcome }) => outcome === 'failed')).toMatchObject({
      step: 'server',
      detail: expect.stringContaining('sandbox'),
    });
  });

  it.each([
    ['outbound', postmarkToken, undefined],
    ['outbound', 'another', 'token'],
    ['missing', postmarkToken, 'server'],
    ['old', postmarkToken, 'server'],
    ['inbound', postmarkToken, 'server'],
  ])('of the stream %s names what is to be mended, and sends nothing', async (messageStream, serverToken, failed) => {
    await using peer = await startPostmarkPeer();
    const house = houseAt(peer);
    const settings = { ...house.saved?.settings, messageStream };
    const { steps } = await house.channel.check({ settings, secrets: { serverToken } }, new AbortController().signal);
    expect(steps.find(({ outcome }) => outcome === 'failed')?.step).toBe(failed);
    expect(steps.map(({ step }) => step)).toEqual(['address', 'connect', 'tls', 'certificate', 'token', 'server']);
    expect(peer.mails).toEqual([]);
  });

  it('says that nobody is there', async () => {
    const peer = await startPostmarkPeer();
    const house = houseAt(peer);
    await peer[Symbol.asyncDispose]();
    const { steps } = await house.channel.check(
      { settings: house.saved?.settings ?? {}, secrets: {} },
      new AbortController().signal,
    );
    expect(steps.find(({ outcome }) => outcome === 'failed')).toMatchObject({ step: 'connect', reason: 'unreachable' });
  });
});
