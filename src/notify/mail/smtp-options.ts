import { getCACertificates } from 'node:tls';
import type { SMTPConnectionCustomAuthContext, SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import type { SmtpSettings } from '#contract/mail-settings.ts';

export type SmtpLimits = {
  /** For the connection, the greeting and TLS together. */
  readonly connectMs: number;
  readonly greetingMs: number;
  /** How long the server may be silent after that. */
  readonly silenceMs: number;
};

export const smtpLimits: SmtpLimits = { connectMs: 10_000, greetingMs: 10_000, silenceMs: 60_000 };

/** A server that does not close its side is not waited for. */
const closeMs = 1000;

/** Of replies no more is kept; the library's own limit is 1 MB. */
const maxReplyBytes = 64 * 1024;

export type SmtpReply = { readonly status: number; readonly response: string };

/** Everything but the login, which is done step by step. */
export function smtpOptions(settings: SmtpSettings, limits: SmtpLimits): SMTPConnectionOptions {
  const { host, port, security, certificateAuthority } = settings;
  const trusted = certificateAuthority === null ? {} : { ca: [...getCACertificates('default'), certificateAuthority] };
  return {
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { minVersion: 'TLSv1.2', ...trusted },
    connectionTimeout: limits.connectMs,
    greetingTimeout: limits.greetingMs,
    socketTimeout: limits.silenceMs,
    socketCloseTimeout: closeMs,
    maxResponseSize: maxReplyBytes,
    customAuth: { COMMAND: say },
  };
}

async function say({ auth, sendCommand }: SMTPConnectionCustomAuthContext): Promise<void> {
  const { status, response } = await sendCommand(auth['command'] as string);
  (auth['hear'] as (reply: SmtpReply) => void)({ status, response });
}
