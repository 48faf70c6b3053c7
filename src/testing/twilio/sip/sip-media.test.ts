import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { energyAt, readWav } from '#testing/peers/wav.ts';
import { SoundSteps } from '#testing/twilio/rtp/rtp-sound.ts';
import type { LegSound } from '#testing/twilio/rtp/rtp-sound.ts';
import { SipMedia } from './sip-media.ts';
import type { MediaOptions } from './sip-media.ts';
import { TextHouse } from './sip-phone.ts';
import { readDescription } from './sip-sdp.ts';
import { call, openDesk } from './sip-test-desk.ts';
import type { DeskOptions } from './sip-test-desk.ts';

type Setting = { readonly desk?: DeskOptions; readonly house?: Partial<MediaOptions>; readonly secure?: boolean };

/** A registered house with sound of its own, in an answered call. */
async function inCall({ desk: options = {}, house: media = {}, secure = false }: Setting = {}) {
  const desk = await openDesk(options);
  const house = await TextHouse.open(desk.side, 'TLS');
  const steps = new SoundSteps(systemClock);
  const own = await SipMedia.open({
    address: '127.0.0.1',
    isSecure: secure,
    laws: ['PCMU', 'PCMA'],
    latches: false,
    isMute: false,
    lateMs: 0,
    ...media,
  });
  const sound = steps.open();
  onTestFinished(async () => {
    steps.stop();
    own.close();
    await house[Symbol.asyncDispose]();
    await desk[Symbol.asyncDispose]();
  });
  await house.register();
  const told = call(desk.side.placeCall, { secure });
  const invite = await house.peer.expect('INVITE');
  sound.line = own.rtp;
  const answer = own.answer(invite.body) ?? '';
  house.respond(invite, '200 OK', { body: answer });
  await house.peer.expect('ACK');
  await told.answered;
  return { desk, house, told, invite, own, sound, answer };
}

async function share(leg: Pick<LegSound, 'record'>, frequency: number): Promise<number> {
  return energyAt(readWav((await leg.record({ maxSeconds: 1 }).done).wav), frequency);
}

test('a secure call offers one suite, and sound flows encrypted both ways', async () => {
  const { told, invite, sound, desk } = await inCall({ secure: true });
  expect(invite.body).toMatch(/m=audio \d+ RTP\/SAVP 0 8 101\r\n/);
  expect(invite.body.match(/a=crypto:/g)).toHaveLength(1);
  expect(invite.body).toMatch(/a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[A-Za-z0-9+/]{40}\r\n/);
  told.leg.play({ kind: 'tone', frequency: 700 });
  sound.play({ kind: 'tone', frequency: 440 });
  const [here, there] = await Promise.all([share(told.leg as unknown as LegSound, 440), share(sound, 700)]);
  expect(here).toBeGreaterThan(0.9);
  expect(there).toBeGreaterThan(0.9);
  expect(desk.side.media.at(-1)).toMatchObject({ refused: 0, duplicated: 0 });
});

test('PCMA only: the offer says so, and the sound is right', async () => {
  const { told, invite, sound, answer } = await inCall({ desk: { switches: { codecs: 'pcma' } } });
  expect(invite.body).toMatch(/RTP\/AVP 8 101\r\n/);
  expect(readDescription(answer)?.laws).toEqual(['PCMA']);
  told.leg.play({ kind: 'tone', frequency: 700 });
  expect(await share(sound, 700)).toBeGreaterThan(0.9);
});

test('late sound: nothing is sent in the first half second', async () => {
  const { told, sound, own } = await inCall({ desk: { switches: { lateRtpMs: 600 } } });
  told.leg.play({ kind: 'tone', frequency: 700 });
  const early = await sound.record({ maxSeconds: 0.3 }).done;
  expect(early.isSilent).toBe(true);
  expect(own.rtp.measure.received).toBe(0);
  expect(await share(sound, 700)).toBeGreaterThan(0.9);
});

test('on hold nothing is sent to a house that said inactive, and it goes on after', async () => {
  const { told, house, invite, sound, own, answer } = await inCall();
  told.leg.play({ kind: 'tone', frequency: 700 });
  house.peer.send(house.inDialog('INVITE', invite, { body: answer.replace('a=sendrecv', 'a=inactive') }));
  expect((await house.peer.expect(200)).body).toContain('a=inactive');
  const held = own.rtp.measure.received;
  await sound.record({ maxSeconds: 0.4 }).done;
  expect(own.rtp.measure.received - held).toBeLessThan(5);
  house.peer.send(house.inDialog('INVITE', invite, { body: answer }));
  await house.peer.expect(200);
  expect(await share(sound, 700)).toBeGreaterThan(0.9);
});

test('a broken connection is a lost binding', async () => {
  const { desk, told } = await inCall();
  told.leg.hangup();
  desk.side.dropConnections();
  await told.ended;
  expect(await call(desk.side.placeCall).ended).toMatchObject({ twilioCode: 32_011, wasAnswered: false });
  desk.side.forgetBindings();
  expect(await call(desk.side.placeCall).ended).toMatchObject({ twilioCode: 32_009 });
});

test('an answer without a codec of ours is a breach', async () => {
  const { desk, told } = await inCall({ house: { laws: [] } });
  told.leg.hangup();
  expect(desk.side.trace.takeBreaches()).toEqual([expect.stringContaining('no usable SDP answer')]);
});
