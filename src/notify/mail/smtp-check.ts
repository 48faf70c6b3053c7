// Owns the check of a mail server's settings: connects, logs in, and asks whether it would take a mail, without sending one.
// Called by mail-channel.ts.
// Must stay true: no mail is sent; the step that is named is the one to mend.
import { resolveTxt } from 'node:dns/promises';
import type { SmtpSettings } from '#contract/mail-settings.ts';
import type { CheckStep } from '#contract/notification-kinds.ts';
import type { FencedAttempt } from '../fence/fence.ts';
import type { CheckResult } from '../kinds/channel.ts';
import { dkimKeyProblem, dkimPublicKey } from './dkim-key.ts';
import { withAsciiDomain } from './ascii-domain.ts';
import { faultOfError, refusedLate } from './smtp-fault.ts';
import type { SmtpFault } from './smtp-fault.ts';
import type { SmtpLimits, SmtpReply } from './smtp-options.ts';
import { SmtpSession } from './smtp-session.ts';
import type { SmtpAccess } from './smtp-session.ts';

type CheckedStep = CheckResult['steps'][number];
export type ResolveTxt = (name: string) => Promise<readonly (readonly string[])[]>;

export type SmtpCheckOptions = {
  readonly limits: SmtpLimits;
  readonly dkimKey: string | undefined;
  /** The system's by default. */
  readonly resolveTxt?: ResolveTxt | undefined;
};

/** In the order in which they are made. */
const orders: Readonly<Record<SmtpSettings['security'], readonly CheckStep[]>> = {
  tls: ['address', 'connect', 'tls', 'certificate', 'greeting', 'login', 'sender'],
  starttls: ['address', 'connect', 'greeting', 'tls', 'certificate', 'login', 'sender'],
  none: ['address', 'connect', 'greeting', 'login', 'sender'],
};

/** Never rejects. */
export async function checkSmtp(access: SmtpAccess, options: SmtpCheckOptions, attempt: FencedAttempt): Promise<CheckResult> {
  const opened = await SmtpSession.open(access, options.limits, attempt);
  if (opened.kind === 'fault') return { steps: stepsOf(access.settings, opened.fault) };
  const { session } = opened;
  try {
    const refused = await session.until(attempt.signal, senderFault(session, access.settings));
    const fault = refused ?? (await dkimFault(access.settings, options));
    return { steps: stepsOf(access.settings, fault) };
  } catch (error) {
    return { steps: stepsOf(access.settings, faultOfError(error, 'sender')) };
  } finally {
    session.quit();
  }
}

/** Some servers say no before they know whom it is for, others only then; a house that cannot receive mail itself says nothing of that. */
async function senderFault(session: SmtpSession, { from, username }: SmtpSettings): Promise<SmtpFault | undefined> {
  const address = withAsciiDomain(from.address);
  // As the library asks for a mail of such a sender (RFC 6531).
  const extension = isAscii(address) ? '' : ' SMTPUTF8';
  const mailed = await session.command(`MAIL FROM:<${address}>${extension}`);
  if (isRefused(mailed)) return refusal(mailed, { step: 'sender', reason: 'refused-sender' });
  const received = await session.command(`RCPT TO:<${address}>`);
  if (!isRefused(received)) return undefined;
  const isStranger = username === null && /relay/i.test(received.response);
  const why = isStranger ? ({ step: 'login', reason: 'refused-login' } as const) : refusedLate(received.response);
  return why === undefined ? undefined : refusal(received, why);
}

function isAscii(text: string): boolean {
  return /^[\0-\x7F]*$/.test(text);
}

function isRefused(reply: SmtpReply | undefined): reply is SmtpReply {
  return reply !== undefined && (reply.status < 200 || reply.status > 299);
}

function refusal({ status, response }: SmtpReply, { step, reason }: Pick<SmtpFault, 'step' | 'reason'>): SmtpFault {
  return {
    ...{ step, reason: status < 500 ? 'busy' : reason, detail: response.slice(0, 1000) },
    ...{ isTemporary: status < 500, status, reply: response },
  };
}

async function dkimFault({ dkim }: SmtpSettings, { dkimKey, resolveTxt: ask = resolveTxt }: SmtpCheckOptions) {
  if (dkim === null) return undefined;
  const problem = dkimKey === undefined ? 'is missing' : dkimKeyProblem(dkimKey);
  if (dkimKey === undefined || problem !== undefined) return dkimRefused(`The DKIM key ${problem}`);
  const name = `${dkim.selector}._domainkey.${dkim.domain}`;
  const found = await ask(name).catch((error: NodeJS.ErrnoException) => (isNoSuchName(error) ? [] : undefined));
  // Without an answer nothing is known against it.
  if (found === undefined) return undefined;
  const own = dkimPublicKey(dkimKey);
  const keys = found.map((parts) => /(?:^|;)\s*p=([^;]*)/.exec(parts.join(''))?.[1]?.replaceAll(/\s/g, ''));
  if (own !== undefined && keys.includes(own)) return undefined;
  const what = keys.some((key) => key !== undefined) ? 'another key' : 'no key';
  return dkimRefused(`The DNS has ${what} at ${name}. It needs there: v=DKIM1; k=rsa; p=${own}`);
}

function dkimRefused(detail: string): SmtpFault {
  return { step: 'sender', reason: 'refused-sender', detail, isTemporary: false, status: undefined, reply: '' };
}

function isNoSuchName({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ENOTFOUND' || code === 'ENODATA';
}

function stepsOf(settings: SmtpSettings, fault: SmtpFault | undefined): readonly CheckedStep[] {
  const order = orders[settings.security];
  const failed = fault === undefined ? order.length : Math.max(0, order.indexOf(fault.step));
  return order.map((step, at) => {
    if (fault !== undefined && at === failed) return { step, outcome: 'failed', reason: fault.reason, detail: fault.detail };
    if (at > failed) return { step, outcome: 'skipped', detail: '' };
    const isUnused = step === 'login' && settings.username === null;
    return { step, outcome: isUnused ? 'skipped' : 'ok', detail: '' };
  });
}
