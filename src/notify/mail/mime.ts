import { Readable } from 'node:stream';
import DKIM from 'nodemailer/lib/dkim';
import MailComposer from 'nodemailer/lib/mail-composer';
import type MimeNode from 'nodemailer/lib/mime-node';
import { mailHeaders } from './mail.ts';
import type { Mail } from './mail.ts';

export type DkimSigning = { readonly domain: string; readonly selector: string; readonly key: string };

type Moments = { readonly begin: () => void; readonly end: () => void };
type MimeOptions = { readonly at: number; readonly dkim: DkimSigning | undefined };

/**
 * The mail as it goes over the wire. Nothing of it is made and no attachment read before it is: first comes `begin`, and after the last
 * byte `end`.
 */
export function mimeOf(mail: Mail, options: MimeOptions, moments: Moments): Readable {
  return Readable.from(read(mail, options, moments), { objectMode: false });
}

async function* read(mail: Mail, { at, dkim }: MimeOptions, { begin, end }: Moments): AsyncGenerator<Buffer> {
  begin();
  const content = composed(mail, at).createReadStream();
  for await (const chunk of dkim === undefined ? content : signed(content, dkim)) yield chunk as Buffer;
  end();
}

function composed(mail: Mail, at: number): MimeNode {
  return new MailComposer({
    from: mail.from,
    // In this form a name or an address is one, whatever stands in it.
    to: { name: '', address: mail.to },
    ...{ messageId: mail.messageId, references: mail.references, subject: mail.subject, text: mail.text, html: mail.html },
    date: new Date(at),
    headers: { ...mailHeaders },
    attachments: mail.attachments.map(({ name, contentType, content }) => ({
      filename: name,
      contentType,
      // Also an error from before it is read ends the mail.
      content: Readable.from(content),
      contentDisposition: 'attachment',
      contentTransferEncoding: 'base64',
    })),
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
}

function signed(content: Readable, { domain, selector, key }: DkimSigning): Readable {
  return new DKIM({ domainName: domain, keySelector: selector, privateKey: key }).sign(content);
}

/** Base64 with its line breaks, and what stands around it; of the texts as if each byte were quoted. */
export function sizeOf({ text, html, attachments }: Mail): number {
  const attached = attachments.reduce((sum, { bytes }) => sum + Math.ceil(bytes / 57) * 78 + 400, 0);
  return 3000 + 2 * (Buffer.byteLength(text) + Buffer.byteLength(html)) + attached;
}
