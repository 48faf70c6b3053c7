// Owns what an error on the way to a mail server means: at which step it happened, why, and whether it is worth another try.
// Called by smtp.ts for attempts and by smtp-check.ts for checks.
// Must stay true: pure; a password or a key is in no detail.
import type { NodemailerError } from 'nodemailer';
import type { CheckStep, DeliveryReason } from '#contract/notification-kinds.ts';
import type { FenceFailure } from '../fence/fence.ts';
import { isCertificateError, tlsWords } from '../fence/fenced-socket.ts';

export type SmtpFault = {
  readonly step: CheckStep;
  readonly reason: DeliveryReason;
  readonly detail: string;
  readonly isTemporary: boolean;
  /** The recipient does not exist. */
  readonly isTargetGone?: true;
  /** What the server said last, and its code. */
  readonly status: number | undefined;
  readonly reply: string;
};

type Verdict = Pick<SmtpFault, 'step' | 'reason'> & {
  readonly isTemporary?: boolean;
  readonly isTargetGone?: true;
  readonly hint?: string;
};

export function faultOfFence({ kind, reason, detail }: FenceFailure): SmtpFault {
  const step = reason === 'name-unknown' || reason === 'address-forbidden' ? 'address' : 'connect';
  return { step, reason, detail, isTemporary: kind !== 'blocked', status: undefined, reply: '' };
}

/** `at`: the step during which it happened, where the error does not say. */
export function faultOfError(error: unknown, at: CheckStep): SmtpFault {
  const { message, response = '', responseCode } = error as NodemailerError;
  const { step, reason, isTemporary = false, isTargetGone, hint } = verdictOf(error as NodemailerError, at);
  return {
    ...{ step, reason, status: responseCode, reply: cut(response) },
    detail: cut(hint === undefined ? tlsWords(message) : `${tlsWords(message)}. ${hint}`),
    // The code decides where there is one; 503 says that the session was in the wrong state, which a new one is not (RFC 5321 section 4.2).
    isTemporary: responseCode === undefined ? isTemporary : responseCode < 500 || responseCode === 503,
    ...(isTargetGone === undefined ? {} : { isTargetGone }),
  };
}

function verdictOf(error: NodemailerError, at: CheckStep): Verdict {
  switch (error.code) {
    case 'ESOCKET':
      return ofSocket(error, at);
    case 'ETLS':
      return { step: 'tls', reason: 'tls-failed', isTemporary: true };
    case 'ETIMEDOUT':
      return ofTimeout(error, at);
    case 'EPROTOCOL':
      return { step: at, reason: isBusy(error) ? 'busy' : 'server-error', hint: 'Is this the port of a mail server?' };
    case 'ECONNECTION':
      return { step: at, reason: isBusy(error) ? 'busy' : 'cut-off', isTemporary: true };
    case 'EAUTH':
      return { step: 'login', reason: 'refused-login' };
    case 'EENVELOPE':
    case 'EMESSAGE':
      return ofMail(error);
    case 'ESTREAM':
      return { step: at, reason: 'unexpected', isTemporary: true };
    default:
      return { step: at, reason: 'unexpected' };
  }
}

function ofSocket({ originalCode = '' }: NodemailerError, at: CheckStep): Verdict {
  if (isCertificateError(originalCode)) return { step: 'certificate', reason: 'certificate' };
  if (/^ERR_SSL_|^EPROTO$/.test(originalCode)) {
    return { step: 'tls', reason: 'tls-failed', hint: 'Port 465 needs TLS from the start, port 587 STARTTLS' };
  }
  return { step: at, reason: 'cut-off', isTemporary: true };
}

function ofTimeout({ timeoutType }: NodemailerError, at: CheckStep): Verdict {
  const late = { reason: 'timed-out', isTemporary: true } as const;
  if (timeoutType === 'UPGRADE_TIMEOUT') return { ...late, step: 'tls' };
  if (timeoutType !== 'GREETING_TIMEOUT') return { ...late, step: at };
  return { ...late, step: 'greeting', hint: 'Port 465 needs TLS from the start, port 587 STARTTLS' };
}

function ofMail(error: NodemailerError): Verdict {
  const { command, responseCode = 0, response = '', message } = error;
  // Without a code it is the size that the server announced.
  if (isTooLarge(response) || /larger than allowed/.test(message)) return { step: 'server', reason: 'too-large' };
  if (isBusy(error)) return { step: stepOfCommand(command), reason: 'busy' };
  if (responseCode === 530) return { step: 'login', reason: 'refused-login' };
  if (command === 'MAIL FROM') return { step: 'sender', reason: 'refused-sender' };
  if (command !== 'RCPT TO') return { step: 'server', reason: responseCode === 0 ? 'unexpected' : 'refused-content' };
  const late = refusedLate(response);
  if (late !== undefined) return late;
  return { step: 'target', reason: 'refused-recipient', ...(isUnknownMailbox(response) ? { isTargetGone: true } : {}) };
}

/**
 * Why a server says no to a recipient that it has nothing against: Postfix says only then that the sender is not the account's, or that nobody
 * logged in.
 */
export function refusedLate(response: string): Pick<SmtpFault, 'step' | 'reason'> | undefined {
  if (/recipient address rejected/i.test(response)) return undefined;
  if (/client host rejected|not (?:logged in|authenticated)|authentication (?:is )?(?:required|needed)/i.test(response))
    return { step: 'login', reason: 'refused-login' };
  return /sender|not owned/i.test(response) ? { step: 'sender', reason: 'refused-sender' } : undefined;
}

function stepOfCommand(command: string | undefined): CheckStep {
  return command === 'MAIL FROM' ? 'sender' : command === 'RCPT TO' ? 'target' : 'server';
}

function isBusy({ responseCode = 0 }: NodemailerError): boolean {
  return responseCode >= 400 && responseCode < 500;
}

/** RFC 3463: X.3.4, message too big for system; X.2.3, message length exceeds administrative limit. Without such a code 552 means it. */
function isTooLarge(response: string): boolean {
  return /^5\d\d[ -]5\.(?:3\.4|2\.3)\b/.test(response) || (/^552[ -]/.test(response) && !/^552[ -]5\.\d/.test(response));
}

/** RFC 3463: X.1.1 to X.1.3, no such mailbox, no such domain, not an address; X.1.6, moved; X.1.10, a domain that takes no mail (RFC 7505). */
function isUnknownMailbox(response: string): boolean {
  return /^5\d\d[ -]5\.1\.(?:[1236]|10)\b/.test(response);
}

function cut(text: string): string {
  return text.length > 1000 ? `${text.slice(0, 1000)}…` : text;
}
