import { expect } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { TwilioEmulator } from './emulator.ts';
import type { EmulatorOptions } from './emulator.ts';
import { FakeVoice } from '#testing/twilio/base/fake-voice.ts';
import { FakeWebhookServer } from './fake-webhook-server.ts';
import type { ReceivedWebhook } from './fake-webhook-server.ts';
import { rest } from './rest-caller.ts';

export const ours = '+15555550199';
export const theirs = '+15555550100';

/** An emulator whose time stands still until asked for, a voice side without SIP, and a house that answers TwiML. */
export class VoiceHarness implements AsyncDisposable {
  readonly clock: FakeClock;
  readonly voice: FakeVoice;
  readonly twilio: TwilioEmulator;
  readonly webhookServer: FakeWebhookServer;

  private constructor(clock: FakeClock, voice: FakeVoice, twilio: TwilioEmulator, webhookServer: FakeWebhookServer) {
    this.clock = clock;
    this.voice = voice;
    this.twilio = twilio;
    this.webhookServer = webhookServer;
  }

  static async start(options: EmulatorOptions = {}): Promise<VoiceHarness> {
    const clock = new FakeClock();
    const voice = new FakeVoice(clock);
    const twilio = await TwilioEmulator.start({ clock, voice: () => Promise.resolve(voice), ...options });
    const webhookServer = await FakeWebhookServer.start(() => twilio.authToken);
    twilio.mapOrigin('https://house.example', webhookServer.origin);
    Object.assign(twilio.state.numberOf(ours) ?? {}, {
      voice_url: 'https://house.example/voice',
      status_callback: 'https://house.example/ended',
    });
    return new VoiceHarness(clock, voice, twilio, webhookServer);
  }

  /** A SIP Domain of the account, with a phone registered on it. */
  async addDomain(name = 'home.sip.twilio.com'): Promise<void> {
    const made = await rest(this.twilio, 'POST', '/SIP/Domains.json', { form: { DomainName: name, SipRegistration: 'true' } });
    expect(made.status).toBe(201);
  }

  /** Lets time pass, but only while the house owes no answer, until something is so. */
  async until(condition: () => boolean): Promise<void> {
    for (let turn = 0; turn < 200_000 && !condition(); turn += 1) {
      if (this.twilio.inFlight === 0) await this.clock.advanceAsync(20);
      else await new Promise((resolve) => setImmediate(resolve));
    }
    expect(condition()).toBe(true);
  }

  async webhook(path: string, count = 1): Promise<ReceivedWebhook> {
    await this.until(() => this.webhookServer.requestsTo(path).length >= count);
    const found = this.webhookServer.requestsTo(path)[count - 1];
    if (found === undefined) throw new Error(`nothing at ${path}`);
    return found;
  }

  async over(callSid: string): Promise<void> {
    await this.until(() => this.twilio.calls.find(({ sid }) => sid === callSid)?.endedMs !== null);
    // What its end sets off.
    for (let turn = 0; turn < 20; turn += 1) await this.clock.advanceAsync(20);
    await this.until(() => this.twilio.inFlight === 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.twilio[Symbol.asyncDispose]();
    await this.webhookServer[Symbol.asyncDispose]();
  }
}
