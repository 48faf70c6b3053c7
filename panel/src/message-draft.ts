/** A file that is at the house already, for a message that is being written. */
export type Attachment = {
  readonly id: string;
  /** As the file was called. */
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  /** When it was uploaded, in milliseconds since 1970. */
  readonly at: number;
};

/** What somebody began to write. */
export type MessageDraft = {
  readonly text: string;
  readonly media: readonly Attachment[];
  readonly to: string;
  readonly from: string;
  /** Of the attempt to send exactly this: whoever tries again sends nothing twice. */
  readonly requestId: string;
};

export const emptyDraft: MessageDraft = { text: '', media: [], to: '', from: '', requestId: '' };

/** The house deletes after a day what was not sent. */
const keptMs = 23 * 3_600_000;

/** What was kept of a draft, of whatever version of the panel; an empty one where it is none. */
export function readDraft(kept: unknown, now: number): MessageDraft {
  const { text, media, to, from, requestId } = (kept ?? {}) as Partial<Readonly<Record<keyof MessageDraft, unknown>>>;
  const files = Array.isArray(media) ? media.filter((one) => isAttachment(one) && one.at > now - keptMs) : [];
  const isWhole = !Array.isArray(media) || files.length === media.length;
  return {
    text: textOr(text),
    media: files as Attachment[],
    to: textOr(to),
    from: textOr(from),
    requestId: isWhole ? textOr(requestId) : '',
  };
}

export function isEmptyDraft({ text, media, to }: MessageDraft): boolean {
  return text.trim() === '' && media.length === 0 && to.trim() === '';
}

/** Another message than the one that was tried to be sent. */
export function changedDraft(draft: MessageDraft, change: Partial<MessageDraft>): MessageDraft {
  return { ...draft, requestId: '', ...change };
}

function textOr(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isAttachment(value: unknown): value is Attachment {
  const { id, name, type, bytes, at } = (value ?? {}) as Partial<Attachment>;
  return [id, name, type].every((one) => typeof one === 'string') && typeof bytes === 'number' && typeof at === 'number';
}
