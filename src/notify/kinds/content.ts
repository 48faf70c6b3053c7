import type { Readable } from 'node:stream';
import type { PersonId } from '#base/ids.ts';
import type { CallReason } from '#contract/call-verdicts.ts';
import type { AlertItem, Notification } from './notification.ts';

/** Both are empty where they are withheld. */
export type Caller = { readonly name: string; readonly number: string };

export type Attachment = {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: number;
  open(): Promise<Readable>;
};

/** `path` is below the panel's base; `url` is undefined where nobody knows the panel's address. */
export type PanelLink = { readonly path: string; readonly url: string | undefined };

type ToldCall = {
  readonly kind: 'incoming-call' | 'missed-call' | 'call-over';
  readonly at: number;
  readonly caller: Caller;
  /** Our number's name or number. */
  readonly called: string;
  readonly reason?: CallReason;
  readonly link: PanelLink;
};

type ToldVoicemail = {
  readonly kind: 'voicemail' | 'transcript';
  readonly at: number;
  readonly caller: Caller;
  readonly seconds: number;
  readonly transcript: string | undefined;
  readonly audio: Attachment | undefined;
  readonly audioProblem?: 'lost' | 'too-large';
  readonly link: PanelLink;
};

type ToldMessage = {
  readonly kind: 'message';
  readonly at: number;
  readonly from: Caller;
  readonly to: string;
  /** Undefined: a one-time code, which is withheld. */
  readonly text: string | undefined;
  readonly media: readonly Attachment[];
  /** Media that are not attached: too large, lost or not there yet. */
  readonly leftOut: number;
  readonly link: PanelLink;
};

type ToldAlert = AlertItem & { readonly kind: 'alert'; readonly isUrgent: boolean; readonly link: PanelLink };

/** What the templates say of one notification. Times are milliseconds since the Unix epoch. */
export type Told = ToldCall | ToldVoicemail | ToldMessage | ToldAlert | { readonly kind: 'test'; readonly link: PanelLink };

/** Reads what a notification says, for one person; synchronous. */
export type Content = {
  /** `gone`: it was deleted; `obsolete`: it was heard, read, or is over. `maxAttachmentBytes`: of all attachments together. */
  of(notification: Notification, personId: PersonId, maxAttachmentBytes: number): Told | 'gone' | 'obsolete';
};
