// What Twilio notifies us of, checked and in our own types, and the ports that take it; the rooms of voicemail and messages fit them.
// Every notice may come twice, late, in any order, or never: keys are the sids.
import type { VoicemailRoom } from '#voicemail/voicemail-room.ts';

/** What voicemail does for callers; `VoicemailRoom` fits. Each may throw; a failed notice is announced again. */
export type VoicemailPort = Pick<VoicemailRoom, 'answer' | 'recorded' | 'messageEnded' | 'transcribed'>;

export type IncomingMessageNotice = {
  readonly messageSid: string;
  /** E.164 or a short code. */
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly segments: number;
  readonly media: readonly { readonly url: string; readonly contentType: string }[];
  /** Only where Twilio's own opt-out saw a keyword: `STOP`, `HELP` or `START`. */
  readonly optOut: string | undefined;
  readonly messagingServiceSid: string | undefined;
};

export type MessageStatusNotice = {
  readonly messageSid: string;
  /** As Twilio has it: `queued`, `sent`, `delivered`, `undelivered`, `failed` … */
  readonly status: string;
  readonly errorCode: number | undefined;
  readonly from: string;
  readonly to: string;
};

export type MessagesPort = {
  /** Resolves when the message is kept; a failure makes Twilio try the fallback address. Answers go out by the queue, not from here. */
  onIncomingMessage(notice: IncomingMessageNotice): void | Promise<void>;
  onMessageStatus(notice: MessageStatusNotice): void | Promise<void>;
};

/** A file that Twilio may fetch, under an unguessable name that expires. */
export type PublicMedia = { readonly contentType: string; readonly bytes: Uint8Array };
export type PublicMediaPort = { publicMedia(token: string): PublicMedia | undefined | Promise<PublicMedia | undefined> };
