import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { energyAt, readWav } from '#testing/base/wav.ts';
import { AudioMixer } from '#testing/twilio/rtp/rtp-audio-mixer.ts';
import type { LegAudio } from '#testing/twilio/rtp/rtp-audio-mixer.ts';
import { SipMedia } from './sip-media.ts';
import type { MediaOptions } from './sip-media.ts';
import { ScriptedPbx } from './scripted-pbx.ts';
import { readDescription } from './sip-sdp.ts';
import { call, startSipSideHarness } from './sip-side-harness.ts';
import type { SipSideHarnessOptions } from './sip-side-harness.ts';

type Setting = { readonly harness?: SipSideHarnessOptions; readonly pbx?: Partial<MediaOptions>; readonly secure?: boolean };

/** A registered house with audio of its own, in an answered call. */
async function inCall({ harness: options = {}, pbx: media = {}, secure = false }: Setting = {}) {
  const harness = await startSipSideHarness(options);
  const pbx = await ScriptedPbx.open(harness.side, 'TLS');
  const mixer = new AudioMixer(systemClock);
  const own = await SipMedia.open({
    address: '127.0.0.1',
    isSecure: secure,
    laws: ['PCMU', 'PCMA'],
    latches: false,
    isMute: false,
    lateMs: 0,
    ...media,
  });
  const audio = mixer.open();
  onTestFinished(async () => {
    mixer.stop();
    own.close();
    await pbx[Symbol.asyncDispose]();
    await harness[Symbol.asyncDispose]();
  });
  await pbx.register();
  const placed = call(harness.side.placeCall, { secure });
  const invite = await pbx.peer.expect('INVITE');
  audio.line = own.rtp;
  const answer = own.answer(invite.body) ?? '';
  pbx.respond(invite, '200 OK', { body: answer });
  await pbx.peer.expect('ACK');
  await placed.answered;
  return { harness, pbx, placed, invite, own, audio, answer };
}

async function share(leg: Pick<LegAudio, 'record'>, frequency: number): Promise<number> {
  return energyAt(readWav((await leg.record({ maxSeconds: 1 }).done).wav), frequency);
}

test('a secure call offers one suite, and sound flows encrypted both ways', async () => {
  const { placed, invite, audio, harness } = await inCall({ secure: true });
  expect(invite.body).toMatch(/m=audio \d+ RTP\/SAVP 0 8 101\r\n/);
  expect(invite.body.match(/a=crypto:/g)).toHaveLength(1);
  expect(invite.body).toMatch(/a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[A-Za-z0-9+/]{40}\r\n/);
  placed.leg.play({ kind: 'tone', frequency: 700 });
  audio.play({ kind: 'tone', frequency: 440 });
  const [here, there] = await Promise.all([share(placed.leg as unknown as LegAudio, 440), share(audio, 700)]);
  expect(here).toBeGreaterThan(0.9);
  expect(there).toBeGreaterThan(0.9);
  expect(harness.side.media.at(-1)).toMatchObject({ refused: 0, duplicated: 0 });
});

test('PCMA only: the offer says so, and the sound is right', async () => {
  const { placed, invite, audio, answer } = await inCall({ harness: { switches: { codecs: 'pcma' } } });
  expect(invite.body).toMatch(/RTP\/AVP 8 101\r\n/);
  expect(readDescription(answer)?.laws).toEqual(['PCMA']);
  placed.leg.play({ kind: 'tone', frequency: 700 });
  expect(await share(audio, 700)).toBeGreaterThan(0.9);
});

test('late sound: nothing is sent in the first half second', async () => {
  const { placed, audio, own } = await inCall({ harness: { switches: { lateRtpMs: 600 } } });
  placed.leg.play({ kind: 'tone', frequency: 700 });
  const early = await audio.record({ maxSeconds: 0.3 }).done;
  expect(early.isSilent).toBe(true);
  expect(own.rtp.measure.received).toBe(0);
  expect(await share(audio, 700)).toBeGreaterThan(0.9);
});

test('on hold nothing is sent to a house that said inactive, and it goes on after', async () => {
  const { placed, pbx, invite, audio, own, answer } = await inCall();
  placed.leg.play({ kind: 'tone', frequency: 700 });
  pbx.peer.send(pbx.inDialog('INVITE', invite, { body: answer.replace('a=sendrecv', 'a=inactive') }));
  expect((await pbx.peer.expect(200)).body).toContain('a=inactive');
  const held = own.rtp.measure.received;
  await audio.record({ maxSeconds: 0.4 }).done;
  expect(own.rtp.measure.received - held).toBeLessThan(5);
  pbx.peer.send(pbx.inDialog('INVITE', invite, { body: answer }));
  await pbx.peer.expect(200);
  expect(await share(audio, 700)).toBeGreaterThan(0.9);
});

test('a broken connection is a lost binding', async () => {
  const { harness, placed } = await inCall();
  placed.leg.hangup();
  harness.side.dropConnections();
  await placed.ended;
  expect(await call(harness.side.placeCall).ended).toMatchObject({ twilioCode: 32_011, wasAnswered: false });
  harness.side.forgetBindings();
  expect(await call(harness.side.placeCall).ended).toMatchObject({ twilioCode: 32_009 });
});

test('an answer without a codec of ours is a breach', async () => {
  const { harness, placed } = await inCall({ pbx: { laws: [] } });
  placed.leg.hangup();
  expect(harness.side.trace.takeBreaches()).toEqual([expect.stringContaining('no usable SDP answer')]);
});
