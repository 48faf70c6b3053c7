import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppHarness, origin } from '#testing/harness/app-harness.ts';
import { smtpSaved } from '#testing/harness/mail-harness.ts';
import { SmtpPeer } from '#testing/peers/smtp-peer.ts';
import type { ReceivedMail } from '#testing/peers/smtp-peer.ts';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';
import { energyAt, readWav } from '#testing/base/wav.ts';

const ours = '+15555550199';
const theirs = '+15555550123';
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

type Delivery = { readonly state: string; readonly reason: string | null; readonly attempts: number };

class Harness extends AppHarness {
  peer!: SmtpPeer;

  static async start(): Promise<Harness> {
    const harness = new Harness('admin');
    harness.peer = await SmtpPeer.start({ security: 'none' });
    const twilio = await TwilioEmulator.start({ clock: harness.clock, voice: () => Promise.resolve(harness.voice) });
    Object.assign(twilio.state.numberOf(ours) ?? {}, {
      voice_url: `${origin}/api/webhooks/voice/inbound`,
      status_callback: `${origin}/api/webhooks/voice/status`,
      sms_url: `${origin}/api/webhooks/sms/inbound`,
    });
    await harness.begin(twilio, ['anna', 'ben']);
    await harness.json('POST', '/dids', { number: ours, ownerPersonId: harness.persons.get('anna')?.id });
    const { settings, secrets } = smtpSaved(harness.peer.port);
    await harness.json('PUT', '/notifications/channels/mail', { channel: 'mail', settings, secrets });
    for (const name of ['anna', 'ben']) {
      await harness.json('POST', '/notifications/targets', { channel: 'mail', address: `${name}@example.org` }, name);
    }
    return harness;
  }

  /** No time passes while a mail is on its way. */
  protected override get isBusy(): boolean {
    return super.isBusy || this.peer.isTalking;
  }

  async mail(): Promise<ReceivedMail> {
    return await this.until(async () => this.peer.mails[0]);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.peer[Symbol.asyncDispose]();
  }
}

describe('mails through the whole house', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await Harness.start();
  });
  afterEach(() => harness[Symbol.asyncDispose]());

  it('bring a voicemail to its owner alone, with what was said as a recording and as text', async () => {
    await harness.json('PATCH', '/system/config/voicemail', { transcription: 'twilio' });
    harness.twilio.setTranscript('The parcel is at the <b>door</b>.');
    harness.twilio.callFrom(theirs, ours, { speak: { kind: 'tone', frequency: 440, seconds: 5 } });
    const { mail, to } = await harness.mail();
    expect(to).toEqual(['anna@example.org']);
    expect(mail.text).toContain('The parcel is at the <b>door</b>.');
    expect(mail.html).toContain('&lt;b&gt;door&lt;/b&gt;');
    const [recording, ...others] = mail.attachments;
    expect(others).toEqual([]);
    expect(recording).toMatchObject({ contentType: 'audio/wav', filename: expect.stringMatching(/\.wav$/) });
    expect(energyAt(readWav(recording?.content ?? Buffer.alloc(0)), 440)).toBeGreaterThan(0.1);
    const { items } = await harness.json<{ items: object[] }>('GET', '/notifications/deliveries', undefined, 'anna');
    expect(items).toMatchObject([{ kind: 'voicemail', channel: 'mail' }]);
    // An hour later nobody was told twice, and not of a missed call beside.
    await harness.clock.advanceAsync(3_600_000);
    expect(harness.peer.mails).toHaveLength(1);
  });

  it('bring a message to its owner alone, with its picture, and no link but its own', async () => {
    const media = [{ contentType: 'image/png', bytes: png }];
    void harness.twilio.sendSmsFrom(theirs, ours, { body: 'Look: https://evil.example/x', media });
    const { mail, to } = await harness.mail();
    expect(to).toEqual(['anna@example.org']);
    expect(mail.text).toContain('Look: https://evil.example/x');
    expect(String(mail.html)).not.toContain('href="https://evil.example');
    expect(mail.attachments).toMatchObject([{ contentType: 'image/png' }]);
    expect(mail.attachments[0]?.content.equals(png)).toBe(true);
  });

  it('keep their password for the server that it was given for', async () => {
    const { settings } = smtpSaved(harness.peer.port);
    const elsewhere = { channel: 'mail', settings: { ...settings, host: '127.0.0.2' } };
    for (const [method, path] of [
      ['PUT', '/notifications/channels/mail'],
      ['POST', '/notifications/channels/mail/check'],
    ] as const) {
      await expect(harness.json(method, path, elsewhere)).rejects.toThrow(
        /400 .*secrets\.password.*given again for another server/,
      );
    }
    // So often is enough.
    harness.clock.advance(2000);
    const { steps } = await harness.json<{ steps: { outcome: string }[] }>('POST', '/notifications/channels/mail/check', {
      channel: 'mail',
      settings: { ...settings, from: { address: 'other@example.org', name: '' } },
    });
    expect(steps.every(({ outcome }) => outcome === 'ok')).toBe(true);
  });

  it('go on after an outage of the mail server of twenty minutes, once each', async () => {
    harness.peer.fault = { at: 'connect', does: [421, '4.3.2 Down for maintenance'] };
    void harness.twilio.sendSmsFrom(theirs, ours, { body: 'Dinner is ready' });
    const state = async () => {
      const { items } = await harness.json<{ items: Delivery[] }>('GET', '/notifications/deliveries');
      return items[0];
    };
    const waiting = await harness.until(async () => {
      const one = await state();
      return one?.attempts === 2 && one.state === 'waiting' ? one : undefined;
    });
    expect(waiting).toMatchObject({ reason: 'busy' });
    harness.peer.fault = undefined;
    const { mail } = await harness.mail();
    expect(mail.text).toContain('Dinner is ready');
    await harness.until(async () => ((await state())?.state === 'delivered' ? true : undefined));
    expect(harness.peer.mails).toHaveLength(1);
  });
});
