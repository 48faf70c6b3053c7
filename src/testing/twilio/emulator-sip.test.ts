import { expect, test } from 'vitest';
import { energyAt, readWav } from '#testing/base/wav.ts';
import { TwilioEmulator } from './emulator.ts';
import { FakeWebhookServer } from './fake-webhook-server.ts';
import { rest, until } from './rest-caller.ts';
import { SipSide } from '#testing/twilio/sip/sip-side.ts';
import { ours, theirs } from './voice-harness.ts';

test('with its SIP side: nobody registered, so the caller leaves a message that sounds as it was spoken', async () => {
  await using twilio = await TwilioEmulator.start({ voice: (deps) => SipSide.start(deps) });
  await using webhookServer = await FakeWebhookServer.start(() => twilio.authToken);
  twilio.mapOrigin('https://house.example', webhookServer.origin);
  await rest(twilio, 'POST', '/SIP/Domains.json', { form: { DomainName: 'home.sip.twilio.com', SipRegistration: 'true' } });
  twilio.state.numberOf(ours)!['voice_url'] = 'https://house.example/voice';
  webhookServer.on('/voice', '<Response><Dial action="/done"><Sip>sip:pbx@home.sip.twilio.com</Sip></Dial></Response>');
  webhookServer.on(
    '/done',
    '<Response><Record action="/vm" timeout="1" maxLength="10" recordingStatusCallback="/rec"/></Response>',
  );
  twilio.callFrom(theirs, ours, { speak: { kind: 'tone', frequency: 440, seconds: 1 } });
  await until(() => webhookServer.requestsTo('/rec').length === 1);
  expect(webhookServer.requestsTo('/done')[0]?.fields).toMatchObject({ DialCallStatus: 'failed' });
  expect(twilio.alerts).toContain(32009);
  const sound = readWav(twilio.recordings[0]?.wav ?? Buffer.alloc(0));
  expect(sound.sampleRate).toBe(8000);
  expect(energyAt(sound, 440)).toBeGreaterThan(0.5);
});
