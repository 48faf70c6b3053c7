import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineHarness } from '#testing/harness/engine-harness.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import { sipText } from '#testing/base/sip-text.ts';
import { bytesOf, tortures } from '#testing/harness/torture-messages.ts';

// What an engine without an application answers where the parser has accepted a message.
const answers: Readonly<Record<string, string>> = {
  // Its To has a tag, and there is no such dialog.
  wsinv: '481',
  regbadct: '400',
  intmeth: '405',
  esc02: '405',
  lwsruri: '400',
};

const endOfTest = (call: string) =>
  sipText([
    'OPTIONS sip:end@127.0.0.1 SIP/2.0',
    `Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKend${call}`,
    `From: <sip:end@127.0.0.1>;tag=1`,
    'To: <sip:end@127.0.0.1>',
    `Call-ID: end-${call}`,
    'CSeq: 1 OPTIONS',
  ]);

describe('an engine that gets the torture messages of RFC 4475 over UDP', () => {
  let harness: EngineHarness;
  beforeAll(async () => {
    harness = await EngineHarness.start();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  for (const { name, section, text, expected } of tortures) {
    const [word = ''] = name.split(' ');
    const isResponse = text.startsWith('SIP/2.0');
    const wanted = expected === 'accepted' ? (answers[word] ?? '503') : expected;
    const isSilent = wanted === 'ignored' || isResponse;
    it(`${section} (${name}): ${isSilent ? 'silence' : wanted}`, async () => {
      await using peer = await SipPeer.udp({ target: harness.at() });
      // The test has only one transport: those for TCP and TLS say UDP here.
      peer.send(bytesOf(text.replace(/SIP\/(2|7)\.0\/(TCP|TLS)/, 'SIP/$1.0/UDP')).toString('latin1'));
      peer.send(endOfTest(word));
      const heard: string[] = [];
      for (;;) {
        const message = await peer.skipTo((one) => one.status >= 200);
        if (message.header('Call-ID') === `end-${word}`) break;
        heard.push(message.startLine.slice('SIP/2.0 '.length));
      }
      if (isSilent) expect(heard).toEqual([]);
      else expect(heard[0]).toMatch(new RegExp(`^${wanted}`));
    });
  }

  it('still works, and remembers nothing of it', async () => {
    await harness.drained(['incomingRequests', 'proxiedRequests', 'dialogs']);
  });
});
