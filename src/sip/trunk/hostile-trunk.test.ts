import { afterEach, describe, expect, it } from 'vitest';
import type { OurNumber } from '#numbers/number.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import { offerOf, SipHarness } from '#testing/harness/sip-harness.ts';
import { sipText } from '#testing/base/sip-text.ts';

const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

const number: OurNumber = {
  id: 'num_1',
  number: '+14165550100',
  name: 'Home',
  ownerPersonId: 'person_1',
  voiceEnabled: true,
  createdAt: 0,
};

async function house() {
  const trunk = await SipPeer.udp({ address: '127.0.0.2' });
  open.push(trunk);
  const settings = { name: 'provider', host: '127.0.0.2', port: trunk.port, transport: 'udp', register: false } as const;
  const harness = await SipHarness.start({ trunks: [{ ...settings, allow: ['127.0.0.2/32'] }], numbers: [number] });
  open.push(harness);
  trunk.target = harness.target;
  return { trunk, harness };
}

let sent = 0;

function invite(trunk: SipPeer, { uri = 'sip:+14165550100@house', headers }: { uri?: string; headers: readonly string[] }) {
  sent += 1;
  trunk.send(
    sipText(
      [
        `INVITE ${uri} SIP/2.0`,
        `Via: SIP/2.0/UDP ${trunk.host};branch=z9hG4bK${sent}`,
        `To: <${uri}>`,
        `Call-ID: hostile-${sent}`,
        'CSeq: 1 INVITE',
        `Contact: <sip:gw@${trunk.host}>`,
        'Max-Forwards: 70',
        'Content-Type: application/sdp',
        ...headers,
      ],
      offerOf('gw'),
    ),
  );
}

describe('a caller from outside who writes headers', () => {
  it.each([
    ['escapes in the number', ['From: <sip:%0d%0aAlert-Info%3A%20x%0d%0a@x>;tag=1']],
    ['escapes in the asserted number', ['From: <sip:1@x>;tag=1', 'P-Asserted-Identity: <sip:1%0D%0AAlert-Info: x@x>']],
    ['quotes in the name', ['From: "a\\" <sip:b@c>\\r\\nAlert-Info: x" <sip:+14165550123@x>;tag=1']],
    ['a bare carriage return in the name', ['From: "a\rAlert-Info: x" <sip:+14165550123@x>;tag=1']],
    ['a tab and a null in the name', ['From: "a\t\0b\u007f" <sip:+14165550123@x>;tag=1']],
    ['brackets in the number', ['From: <sip:+1%3E%3Bx%3D@x>;tag=1']],
    ['parameters and headers in the number', ['From: <sip:+1;phone-context=x?Alert-Info=y@x>;tag=1']],
    ['a name of 2,000 letters', [`From: "${'n'.repeat(2_000)}" <sip:+14165550123@x>;tag=1`]],
    ['a number of 2,000 digits', [`From: <sip:${'1'.repeat(2_000)}@x>;tag=1`]],
    ['bytes that are no UTF-8', ['From: "\u00ff\u00fe\ud800" <sip:+14165550123@x>;tag=1']],
    ['Alert-Info itself', ['From: <sip:+14165550123@x>;tag=1', 'Alert-Info: <http://evil/answer>;info=alert-autoanswer']],
    ['Call-Info itself', ['From: <sip:+14165550123@x>;tag=1', 'Call-Info: <sip:x>;answer-after=0']],
    ['Answer-Mode itself', ['From: <sip:+14165550123@x>;tag=1', 'Answer-Mode: Auto', 'Priv-Answer-Mode: Auto']],
  ])('with %s reaches the phone with none of them, or not at all', async (_case, headers) => {
    const { trunk, harness } = await house();
    const phone = await harness.phone('20', { personId: 'person_1' });
    invite(trunk, { headers });
    invite(trunk, { headers: ['From: "Honest" <sip:+14165550199@x>;tag=2'] });
    for (;;) {
      const rung = await phone.peer.expect('INVITE');
      expect(rung.text).not.toMatch(/(^|[\r\n])\s*(alert-info|call-info|answer-mode|priv-answer-mode)\s*:/i);
      const from = rung.header('From') ?? '';
      expect(from).toMatch(/^(?:"(?:[^"\\]|\\.)*" )?<sip:[^<>"\s]*@[^<>"\s]+>;tag=\w+$/);
      expect(from.length).toBeLessThan(300);
      if (from.includes('Honest')) return;
    }
  });

  it.each([
    'sip:+14169990000@house',
    'sip:911@house',
    'sip:20@house',
    'sip:+14165550100%3Cx%3E@house',
    'sip:011493090182@house',
    'tel:+14169990000',
  ])('and calls %s makes the house call nobody', async (uri) => {
    const { trunk, harness } = await house();
    await harness.phone('20');
    const headers = ['From: <sip:+14165550123@x>;tag=1', 'Diversion: <sip:+14169990001@x>', 'X-Did: +14169990002'];
    invite(trunk, { uri, headers });
    const refused = await trunk.expect(404);
    expect(refused.status).toBe(404);
    expect((await harness.closed()).verdict).toEqual({ disposition: 'failed', reason: 'unknown-number' });
  });

  it.each([
    ['NOTIFY', 'Event: check-sync;reboot=true', 489],
    ['NOTIFY', 'Event: talk', 489],
    ['MESSAGE', 'Content-Type: text/html', 403],
    ['REFER', 'Refer-To: <sip:+14169990000@x>', 603],
  ])('and sends %s with %s in a call brings it to no phone', async (method, header, status) => {
    const { trunk, harness } = await house();
    const phone = await harness.phone('20', { personId: 'person_1' });
    invite(trunk, { headers: ['From: <sip:+14165550123@x>;tag=1'] });
    await phone.answer(await phone.incomingCall());
    const answered = await trunk.skipTo(200);
    const inDialogForwarder = (name: string, cseq: number, headers: readonly string[] = []) =>
      sipText([
        `${name} ${/<([^>]+)>/.exec(answered.header('Contact') ?? '')?.[1]} SIP/2.0`,
        `Via: SIP/2.0/UDP ${trunk.host};branch=z9hG4bK${name}${cseq}${sent}`,
        ...['From', 'To', 'Call-ID'].map((one) => `${one}: ${answered.header(one)}`),
        ...[`CSeq: ${cseq} ${name}`, `Contact: <sip:gw@${trunk.host}>`, 'Max-Forwards: 70', ...headers],
      ]);
    trunk.send(inDialogForwarder('ACK', 1));
    trunk.send(inDialogForwarder(method, 2, [header, 'Subscription-State: active']));
    await trunk.expect(status);
    trunk.send(inDialogForwarder('BYE', 3));
    await phone.peer.expect('BYE');
    const asked = await harness.closed();
    expect(asked.verdict).toEqual({ disposition: 'answered', reason: 'caller-hung-up' });
  });
});
