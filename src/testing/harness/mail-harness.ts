import { Readable } from 'node:stream';
import { systemClock } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import type { SavedChannel, Attempt, Delivery } from '#notify/kinds/channel.ts';
import type { Attachment, Told } from '#notify/kinds/content.ts';
import { MailChannel } from '#notify/mail/mail-channel.ts';
import type { MailDeps } from '#notify/mail/mail-channel.ts';

/** Settings of a mail server of this machine. */
export function smtpSaved(port: number, settings: Readonly<Record<string, unknown>> = {}, secrets = {}): SavedChannel {
  return {
    isEnabled: true,
    settings: {
      service: 'smtp',
      from: { address: 'house@example.org', name: 'The house' },
      host: '127.0.0.1',
      port,
      security: 'none',
      username: 'house',
      allowsOwnNetwork: true,
      ...settings,
    },
    secrets: { password: 'right', ...secrets },
  };
}

/** A channel of mail as the house has it, whose mails say in plain words what they tell. */
export class MailHarness {
  saved: SavedChannel | undefined;
  readonly channel: MailChannel;
  /** How often an attempt was marked as one that may arrive. */
  commits = 0;

  constructor(saved: SavedChannel | undefined, deps: Partial<MailDeps> = {}, clock: Clock = systemClock) {
    this.saved = saved;
    this.channel = new MailChannel({
      read: () => this.saved,
      fence: { clock, ownPorts: () => [] },
      render: (told) => {
        const text = told.map((one) => JSON.stringify(one)).join('\n');
        return { subject: `Told: ${told.map(({ kind }) => kind).join(', ')}`, text, html: `<p>${told.length}</p>` };
      },
      ...deps,
    });
  }

  attempt(signal: AbortSignal = new AbortController().signal): Attempt {
    let isCommitted = false;
    const commit = () => {
      if (!isCommitted) this.commits += 1;
      isCommitted = true;
    };
    return { signal, commit };
  }

  async send(delivery: Delivery = deliveryOf([missedCall]), signal?: AbortSignal) {
    return await this.channel.deliver(delivery, this.attempt(signal));
  }
}

const link = { path: 'calls/call_1', url: undefined };
const caller = { name: 'Bé "B" <b@example.org>', number: '+4930123456' };

export const missedCall: Told = { kind: 'missed-call', at: Date.UTC(2026, 10, 30), caller, called: 'Home', link };

export function voicemailOf(audio: Attachment | undefined, transcript?: string): Told {
  return { kind: 'voicemail', at: Date.UTC(2026, 10, 30), caller, seconds: 12, transcript, audio, link };
}

export function attachmentOf(content: Buffer, name = 'voicemail.wav', contentType = 'audio/wav'): Attachment {
  return { name, contentType, bytes: content.length, open: async () => Readable.from(pieces(content)) };
}

/** As a file is read. */
function* pieces(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += 65_536) yield content.subarray(at, at + 65_536);
}

export function deliveryOf(told: readonly [Told, ...Told[]], changes: Partial<Delivery> = {}): Delivery {
  return {
    id: 'dlv_1' as Delivery['id'],
    target: {
      id: 'tgt_1' as Delivery['target']['id'],
      personId: 'user_1' as Delivery['target']['personId'],
      channel: 'mail',
      name: 'Mail',
      address: 'anna@example.org',
      settings: {},
      secret: undefined,
      isEnabled: true,
    },
    language: 'en',
    told,
    tag: 'call:call_1',
    messageId: 'dlv_1',
    actions: [],
    isSilent: false,
    ttlSeconds: 86_400,
    priority: 'normal',
    ...changes,
  };
}
