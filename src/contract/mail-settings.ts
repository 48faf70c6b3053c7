// Owns how the house sends mail: by a mail server (SMTP) or by Postmark. Its secrets are sent beside these fields and never shown:
// `password` and `dkimPrivateKey` of a mail server, `serverToken` of Postmark.
import { z } from 'zod';
import { displayName } from './display-name.ts';
import { mailAddress } from './mail-address.ts';
import { isHost } from './sip-address.ts';

/** How the connection to a mail server is protected: TLS from the start (port 465), by STARTTLS (587), or not at all. */
export const mailSecurities = ['tls', 'starttls', 'none'] as const;

export const mailSecrets = { smtp: ['password', 'dkimPrivateKey'], postmark: ['serverToken'] } as const;

const mebibyte = 1024 * 1024;

const everyService = {
  /** Whom the mails are from. Many servers accept only the address of the account. */
  from: z.strictObject({ address: mailAddress, name: displayName }),
  /** Of all attachments of one mail together; what is more is named in the mail and linked. */
  maxAttachmentBytes: z
    .number()
    .int()
    .min(0)
    .max(20 * mebibyte)
    .default(5 * mebibyte),
};

/** A label of a name in the DNS, or several. */
const dnsName = z
  .string()
  .trim()
  .regex(
    /^(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?)*$/,
    'must be a name as it stands in the DNS',
  );

export const smtpSettings = z.strictObject({
  service: z.literal('smtp'),
  ...everyService,
  host: z
    .string()
    .trim()
    .max(253)
    .refine((text) => isHost(text), 'must be a server such as smtp.example.org, or its address'),
  port: z.number().int().min(1).max(65_535),
  security: z.enum(mailSecurities).meta({ id: 'MailSecurity' }),
  /** Null: without logging in. */
  username: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^\p{Cc}]*$/u, 'must be on one line')
    .nullable(),
  /** Whether the server may be in your own network. */
  allowsOwnNetwork: z.boolean().default(false),
  /** In PEM: the server’s own certificate, or that of the authority that signed it, where no public one did; null: public ones alone. */
  certificateAuthority: z
    .string()
    .trim()
    .max(20_000)
    .regex(
      /^-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----$/,
      'must be a certificate in PEM: -----BEGIN CERTIFICATE----- …',
    )
    .nullable()
    .default(null),
  /** Signs each mail for a domain (RFC 6376), whose public key stands in the DNS at `<selector>._domainkey.<domain>`; null: the server does, or nobody. */
  dkim: z.strictObject({ domain: dnsName, selector: dnsName }).nullable().default(null),
});

export const postmarkSettings = z.strictObject({
  service: z.literal('postmark'),
  ...everyService,
  /** The id of a stream of your server in Postmark. */
  messageStream: z
    .string()
    .trim()
    .regex(/^[a-z0-9][a-z0-9_-]{0,29}$/, 'must be the id of a message stream, such as outbound')
    .default('outbound'),
});

export const mailSettings = z.discriminatedUnion('service', [smtpSettings, postmarkSettings]);

export type SmtpSettings = z.infer<typeof smtpSettings>;
export type PostmarkSettings = z.infer<typeof postmarkSettings>;
export type MailSettings = z.infer<typeof mailSettings>;
