import { expect, onTestFinished, test } from 'vitest';
import type { Protocol } from '#sip-engine/transport/transport.ts';
import { EngineStand } from '#testing/harness/engine-stand.ts';
import type { AnySrf } from '#testing/harness/engine-stand.ts';
import { sdp } from '#testing/peers/sip-text.ts';
import { call, domain, openDesk } from './sip-test-desk.ts';
import type { DeskOptions } from './sip-test-desk.ts';
import type { IncomingCall } from '#testing/twilio/base/voice-side.ts';

// The engine as the house, so that its routing meets double Record-Route, the private Contact and the second Via.
const protocols = ['udp', 'tcp', 'tls'] as const;
const localSdp = sdp('127.0.0.1', 40_002);

async function open(protocol: Protocol, options: DeskOptions = {}) {
  const stand = await EngineStand.start({ protocols: [protocol] });
  onTestFinished(() => stand[Symbol.asyncDispose]());
  const desk = await openDesk(options);
  onTestFinished(() => desk[Symbol.asyncDispose]());
  const port = protocol === 'tls' ? desk.side.tlsPort : desk.side.port;
  return { stand, desk, srf: stand.srf, proxy: `sip:${desk.side.address}:${port};transport=${protocol};lr` };
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
  const { stand, desk, srf } = await open(protocol);
  const taken = onInvite(srf);
  const told = call(desk.side.placeCall, { to: stand.uri('ada', protocol) });
  const dialog = await taken;
  await told.answered;
  await desk.side.trace.waitFor('out', 'ACK');
  await dialog.modify(sdp('127.0.0.1', 40_004));
  dialog.destroy();
  expect(await told.ended).toMatchObject({ by: 'far', status: 200 });
  expect(told.happened).toEqual(['ringing', 'answered', 'ended']);
});

test.each(protocols)('a registered engine is rung where it came from, and Twilio hangs up (%s)', async (protocol) => {
  const { stand, desk, srf, proxy } = await open(protocol);
  const status = await new Promise((resolve, reject) => {
    srf.request(
      `sip:${domain}`,
      {
        method: 'REGISTER',
        proxy,
        headers: {
          From: `<sip:pbx@${domain}>`,
          To: `<sip:pbx@${domain}>`,
          Contact: `<${stand.uri('pbx', protocol)}>;expires=3600`,
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
  expect(desk.side.bindings('pbx', domain)).toHaveLength(1);
  const taken = onInvite(srf);
  const told = call(desk.side.placeCall);
  const dialog = await taken;
  expect(dialog.req.get('X-Did')).toBe('+15555550199');
  await told.answered;
  const over = ended(dialog);
  told.leg.hangup();
  await over;
});

test.each(protocols)('the engine dials out by the domain, either side hangs up (%s)', async (protocol) => {
  const { desk, srf, proxy } = await open(protocol);
  const leg = Promise.withResolvers<IncomingCall['leg']>();
  desk.side.onIncoming((incoming) => {
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
  const next = Promise.withResolvers<IncomingCall['leg']>();
  desk.side.onIncoming((incoming) => void incoming.answer().then(() => next.resolve(incoming.leg)));
  const second = await dial();
  const over = ended(second);
  (await next.promise).hangup();
  await over;
});
