// What Twilio notifies us of, checked and in our own types, and the ports that take it; the rooms of voicemail and messages fit them.
// Every notice may come twice, late, in any order, or never: keys are the sids.
import type { IncomingMessageNotice, MessageStatusNotice } from '#messages/ports.ts';
import type { VoicemailRoom } from '#voicemail/voicemail-room.ts';

/** What voicemail does for callers; `VoicemailRoom` fits. Each may throw; a failed notice is announced again. */
export type VoicemailPort = Pick<VoicemailRoom, 'answer' | 'recorded' | 'messageEnded' | 'transcribed'>;

/** The room of messages fits. */
export type MessagesPort = {
  readonly incoming: {
    /** Resolves when the message is kept; a failure makes Twilio try the fallback address. Replies go out through the outbox, not from here. */
    receive(notice: IncomingMessageNotice): void | Promise<void>;
  };
  readonly outgoing: { applyStatus(notice: MessageStatusNotice): void | Promise<void> };
};

/** A file that Twilio may fetch under an unguessable token that expires. */
export type PublicMedia = { readonly contentType: string; readonly bytes: Uint8Array };
export type PublicMediaPort = { publicMedia(token: string): PublicMedia | undefined | Promise<PublicMedia | undefined> };
