import { expect } from 'vitest';
import { energyAt, readWav } from '#testing/base/wav.ts';
import { TwilioHarness, waitFor } from './twilio-harness.ts';

export type VoicemailMessage = {
  readonly id: string;
  readonly seconds: number;
  readonly audio: string;
  readonly problem: string | null;
  readonly transcript: string | null;
  readonly caller: { readonly number: string };
  readonly number: string | null;
};
export type VoicemailPage = { readonly items: readonly VoicemailMessage[]; readonly total: number };

/** A house whose callers leave messages by way of the emulated Twilio, and what it keeps of them. */
export class TwilioVoicemails implements AsyncDisposable {
  readonly at: TwilioHarness;
  /** Hz; each message has a tone of its own. */
  tone = 400;

  private constructor(at: TwilioHarness) {
    this.at = at;
  }

  static async start(): Promise<TwilioVoicemails> {
    const at = await TwilioHarness.start({ environment: { GOSIP_RING_SECONDS: '5' } });
    const settings = { discardBelowSeconds: 1, silenceSeconds: 2, transcription: 'twilio' };
    await at.house.api('PATCH', '/system/config/voicemail', settings);
    return new TwilioVoicemails(at);
  }

  page(): Promise<VoicemailPage> {
    return this.at.house.api('GET', '/voicemails');
  }

  /** The message that was not there before, once its audio is as wanted. */
  newMessage(before: VoicemailPage, limitSeconds = 30, audio = 'stored'): Promise<VoicemailMessage> {
    return waitFor(`a new message whose audio is ${audio}`, limitSeconds, async () => {
      const { items } = await this.page();
      return items.find((one) => one.audio === audio && before.items.every((old) => old.id !== one.id));
    });
  }

  /** How much of its audio is the tone of the last message. */
  async toneShare({ id }: VoicemailMessage): Promise<number> {
    return energyAt(readWav(await this.at.audio(`/voicemails/${id}/audio`)), this.tone);
  }

  /** Leaves a message and expects it once, with the audio that was left. */
  async leave({ seconds = 1.5, limitSeconds }: { seconds?: number; limitSeconds?: number } = {}): Promise<VoicemailMessage> {
    const before = await this.page();
    this.tone += 100;
    await this.at.leaveVoicemail(this.tone, seconds);
    const message = await this.newMessage(before, limitSeconds);
    expect(await this.toneShare(message)).toBeGreaterThan(0.9);
    expect(message.seconds).toBeGreaterThanOrEqual(1);
    await this.at.twilio.settled();
    expect((await this.page()).total).toBe(before.total + 1);
    return message;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.at[Symbol.asyncDispose]();
  }
}
