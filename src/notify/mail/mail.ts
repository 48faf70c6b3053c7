import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { MailSettings } from '#contract/mail-settings.ts';
import type { Delivery } from '../kinds/channel.ts';
import type { Attachment, Told } from '../kinds/content.ts';
import { withAsciiDomain } from './ascii-domain.ts';
import { attachmentsOf, fitted, withAttachments } from './fitting.ts';

/** One mail to one address, whichever way it goes. */
export type Mail = {
  readonly from: { readonly name: string; readonly address: string };
  readonly to: string;
  /** With its angle brackets; the same in every try. */
  readonly messageId: string;
  /** The same for all mails about one thing, so that mail programs show them together. */
  readonly references: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly OpenAttachment[];
};

export type OpenAttachment = {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: number;
  readonly content: Readable;
};

/** What the mail says, in the reader's language. */
export type Render = (
  told: readonly [Told, ...Told[]],
  language: Delivery['language'],
) => { readonly subject: string; readonly text: string; readonly html: string };

/** Headers of every mail: nobody is to answer it by a machine (RFC 3834; Exchange knows its own header alone). */
export const mailHeaders = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' } as const;

/** Opens what is attached, at most `maxBytes` of it. What cannot be opened is said to be lost: the rest arrives all the same. */
export async function mailOf(
  delivery: Delivery,
  settings: MailSettings,
  { render, maxBytes }: { readonly render: Render; readonly maxBytes: number },
): Promise<Mail> {
  const told = fitted(delivery.told, maxBytes);
  const opened = await openAll(attachmentsOf(told));
  const isThere = (attachment: Attachment) => opened.has(attachment);
  const { subject, text, html } = render(withAttachments(told, isThere, 'lost'), delivery.language);
  const address = withAsciiDomain(settings.from.address);
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return {
    from: { ...settings.from, address },
    to: withAsciiDomain(delivery.target.address),
    messageId: `<${delivery.messageId}@${domain}>`,
    references: `<${createHash('sha256').update(delivery.tag).digest('hex').slice(0, 24)}@${domain}>`,
    ...{ subject, text, html },
    attachments: [...opened.values()],
  };
}

/** Closes what was opened and not read to its end. */
export function closeMail({ attachments }: Mail): void {
  for (const { content } of attachments) content.destroy();
}

async function openAll(attachments: readonly Attachment[]): Promise<ReadonlyMap<Attachment, OpenAttachment>> {
  const opened = new Map<Attachment, OpenAttachment>();
  for (const attachment of attachments) {
    const content = await attachment.open().catch(() => undefined);
    if (content === undefined) continue;
    // Whoever reads it hears of it: until then an error must not end the process.
    content.on('error', () => {});
    const { name, contentType, bytes } = attachment;
    opened.set(attachment, { name: fileName(name), contentType: mediaType(contentType), bytes, content });
  }
  return opened;
}

/** A name that is a path would be written elsewhere by some mail program. */
function fileName(name: string): string {
  return name.replaceAll(/[\p{Cc}\p{Cf}/\\:*?"<>|]/gu, '_').slice(-100);
}

function mediaType(contentType: string): string {
  return /^[\w.+-]{1,60}\/[\w.+-]{1,60}$/.test(contentType) ? contentType : 'application/octet-stream';
}
