import { expect, onTestFinished, test } from 'vitest';
import type { Protocol } from '#sip-engine/transport/transport.ts';
import { EngineHarness } from './engine-harness.ts';
import type { AnySrf } from './engine-harness.ts';
import { sdp } from '#testing/base/sip-text.ts';
import { call, domain, startSipSideHarness } from '#testing/twilio/sip/sip-side-harness.ts';
import type { SipSideHarnessOptions } from '#testing/twilio/sip/sip-side-harness.ts';
import type { InboundInvite } from '#testing/twilio/base/voice-side.ts';

// The engine as the house, so that its routing meets double Record-Route, the private Contact and the second Via.
const protocols = ['udp', 'tcp', 'tls'] as const;
const localSdp = sdp('127.0.0.1', 40_002);

async function open(protocol: Protocol, options: SipSideHarnessOptions = {}) {
  const harness = await EngineHarness.start({ protocols: [protocol] });
  onTestFinished(() => harness[Symbol.asyncDispose]());
  const sipHarness = await startSipSideHarness(options);
  onTestFinished(() => sipHarness[Symbol.asyncDispose]());
  const port = protocol === 'tls' ? sipHarness.side.tlsPort : sipHarness.side.port;
  return { harness, sipHarness, srf: harness.srf, proxy: `sip:${sipHarness.side.address}:${port};transport=${protocol};lr` };
}

const ended = (dialog: AnySrf) => new Promise<void>((resolve) => dialog.on('destroy', () => resolve()));

function onInvite(srf: AnySrf): Promise<AnySrf> {
  return new Promise((resolve) => {
    srf.invite((request: AnySrf, response: AnySrf) => {
      response.send(180);
      resolve(srf.createUAS(request, response, { localSdp }));
    });
  });
}

test.each(protocols)('a trunk call to the engine: the house hangs up (%s)', async (protocol) => {
  const { harness, sipHarness, srf } = await open(protocol);
  const taken = onInvite(srf);
  const placed = call(sipHarness.side.placeCall, { to: harness.uri('ada', protocol) });
  const dialog = await taken;
  await placed.answered;
  await sipHarness.side.trace.waitFor('out', 'ACK');
  await dialog.modify(sdp('127.0.0.1', 40_004));
  dialog.destroy();
  expect(await placed.ended).toMatchObject({ by: 'far', status: 200 });
  expect(placed.events).toEqual(['ringing', 'answered', 'ended']);
});

test.each(protocols)('a registered engine is rung where it came from, and Twilio hangs up (%s)', async (protocol) => {
  const { harness, sipHarness, srf, proxy } = await open(protocol);
  const status = await new Promise((resolve, reject) => {
    srf.request(
      `sip:${domain}`,
      {
        method: 'REGISTER',
        proxy,
        headers: {
          From: `<sip:pbx@${domain}>`,
          To: `<sip:pbx@${domain}>`,
          Contact: `<${harness.uri('pbx', protocol)}>;expires=3600`,
        },
        auth: { username: 'pbx', password: 'a-Secret-42' },
      },
      (error: unknown, request: AnySrf) => {
        if (error) reject(error as Error);
        else request.on('response', (response: AnySrf) => resolve(response.status));
      },
    );
  });
  expect(status).toBe(200);
  expect(sipHarness.side.bindings('pbx', domain)).toHaveLength(1);
  const taken = onInvite(srf);
  const placed = call(sipHarness.side.placeCall);
  const dialog = await taken;
  expect(dialog.req.get('X-Did')).toBe('+15555550199');
  await placed.answered;
  const over = ended(dialog);
  placed.leg.hangup();
  await over;
});

test.each(protocols)('the engine dials out by the domain, either side hangs up (%s)', async (protocol) => {
  const { sipHarness, srf, proxy } = await open(protocol);
  const leg = Promise.withResolvers<InboundInvite['leg']>();
  sipHarness.side.onIncoming((incoming) => {
    incoming.ring();
    void incoming.answer().then(() => leg.resolve(incoming.leg));
  });
  const dial = () =>
    srf.createUAC(`sip:+15555550123@${domain}`, {
      proxy,
      localSdp,
      headers: { From: `<sip:pbx@${domain}>` },
      auth: { username: 'pbx', password: 'a-Secret-42' },
    });
  const dialog = await dial();
  const first = await leg.promise;
  dialog.destroy();
  expect(await first.ended).toMatchObject({ by: 'far', wasAnswered: true });
  const next = Promise.withResolvers<InboundInvite['leg']>();
  sipHarness.side.onIncoming((incoming) => void incoming.answer().then(() => next.resolve(incoming.leg)));
  const second = await dial();
  const over = ended(second);
  (await next.promise).hangup();
  await over;
});
