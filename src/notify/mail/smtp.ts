// Owns what one attempt at a mail server does, and what its end means.
// Called by mail-channel.ts.
// Must stay true: `commit` comes before the first byte of a mail, and not before the server is ready for it; a mail is in doubt only where
// the server may have taken it and nobody heard of that.
import type { Fence } from '../fence/fence.ts';
import type { Attempt, Delivery, Exchange, Outcome } from '../kinds/channel.ts';
import { noAttachments } from './fitting.ts';
import { closeMail, mailOf } from './mail.ts';
import type { Mail, Render } from './mail.ts';
import { mimeOf, sizeOf } from './mime.ts';
import type { DkimSigning } from './mime.ts';
import { faultOfError } from './smtp-fault.ts';
import type { SmtpFault } from './smtp-fault.ts';
import type { SmtpPool } from './smtp-pool.ts';
import type { SmtpAccess, SmtpSession } from './smtp-session.ts';

export type Smtp = {
  readonly access: SmtpAccess;
  readonly dkim: DkimSigning | undefined;
  readonly pool: SmtpPool;
  readonly fence: Fence;
  readonly render: Render;
};

/** How far it came: nothing of it was read, some was, or all. */
type Progress = 'unread' | 'begun' | 'whole';
type Taken = { readonly kind: 'taken'; readonly reply: string };
type Refused = { readonly kind: 'refused'; readonly fault: SmtpFault; readonly progress: Progress };

/** Never rejects. */
export async function sendBySmtp(smtp: Smtp, delivery: Delivery, attempt: Attempt): Promise<Outcome> {
  const mail = await mailFor(smtp, delivery, smtp.access.settings.maxAttachmentBytes);
  const sent = await send(smtp, mail, attempt);
  const isTooLarge = sent.kind === 'refused' && sent.fault.reason === 'too-large' && mail.attachments.length > 0;
  if (!isTooLarge) return outcomeOf(smtp, mail, sent);
  // Without the recording it says where to hear it: better than no mail at all.
  const smaller = await mailFor(smtp, delivery, noAttachments);
  const outcome = outcomeOf(smtp, smaller, await send(smtp, smaller, attempt));
  return outcome.kind === 'delivered' ? { ...outcome, note: `Without attachments: ${sent.fault.detail}` } : outcome;
}

async function mailFor({ access, render }: Smtp, delivery: Delivery, maxBytes: number): Promise<Mail> {
  return await mailOf(delivery, access.settings, { render, maxBytes });
}

async function send(smtp: Smtp, mail: Mail, attempt: Attempt): Promise<Taken | Refused> {
  const fenced = { ...smtp.fence, signal: attempt.signal };
  try {
    const first = await smtp.pool.take(fenced);
    if (first.kind === 'fault') return { kind: 'refused', fault: first.fault, progress: 'unread' };
    const sent = await sendOver(smtp, first.session, { mail, attempt });
    const wasGone = first.isKept && first.session.isOver && sent.kind === 'refused' && sent.progress === 'unread';
    if (!wasGone || attempt.signal.aborted) return sent;
    // The server had closed it while it was kept: that says nothing of the mail.
    const second = await smtp.pool.take(fenced, true);
    if (second.kind === 'fault') return { kind: 'refused', fault: second.fault, progress: 'unread' };
    return await sendOver(smtp, second.session, { mail, attempt });
  } finally {
    closeMail(mail);
  }
}

async function sendOver(
  smtp: Smtp,
  session: SmtpSession,
  { mail, attempt }: { readonly mail: Mail; readonly attempt: Attempt },
): Promise<Taken | Refused> {
  let progress = 'unread' as Progress;
  const begin = () => {
    attempt.commit();
    progress = 'begun';
  };
  const content = mimeOf(mail, { at: smtp.fence.clock.now(), dkim: smtp.dkim }, { begin, end: () => (progress = 'whole') });
  const envelope = { from: mail.from.address, to: mail.to, size: sizeOf(mail) };
  try {
    const reply = await session.until(attempt.signal, session.send(envelope, content));
    smtp.pool.giveBack(session);
    return { kind: 'taken', reply };
  } catch (error) {
    content.destroy();
    const fault = faultOfError(error, 'server');
    // One that was begun and not finished has left the server in the middle of it.
    if (progress === 'begun' || fault.status === undefined || session.isOver) session.close();
    else
      void session.reset().then(
        () => smtp.pool.giveBack(session),
        () => session.close(),
      );
    return { kind: 'refused', fault: attempt.signal.aborted ? brokenOff(fault) : fault, progress };
  }
}

function brokenOff(fault: SmtpFault): SmtpFault {
  return { ...fault, reason: 'timed-out', detail: 'It took too long, or the house was stopped', isTemporary: true };
}

function outcomeOf({ access }: Smtp, mail: Mail, sent: Taken | Refused): Outcome {
  if (sent.kind === 'taken') return { kind: 'delivered', reply: exchangeOf(access, mail, { reply: sent.reply, status: 250 }) };
  const { fault, progress } = sent;
  const { reason, detail, isTargetGone } = fault;
  const said = { reason, detail, reply: exchangeOf(access, mail, fault) };
  if (!fault.isTemporary) return { kind: 'permanent', ...said, ...(isTargetGone === undefined ? {} : { isTargetGone }) };
  const isInDoubt = progress === 'whole' && fault.status === undefined;
  return { kind: 'temporary', ...said, ...(isInDoubt ? { inDoubt: true } : {}) };
}

type Said = { readonly status: number | undefined; readonly reply: string };

/** What was asked, as far as somebody may read it who wonders: not what the mail says. */
function exchangeOf({ settings: { host, port, security } }: SmtpAccess, mail: Mail, { status, reply }: Said): Exchange {
  const request = [
    `${host}:${port} (${security})`,
    `MAIL FROM:<${mail.from.address}>`,
    `RCPT TO:<${mail.to}>`,
    `Message-ID: ${mail.messageId}`,
    `Attachments: ${mail.attachments.map(({ name, bytes }) => `${name} (${bytes} bytes)`).join(', ') || 'none'}`,
  ].join('\n');
  return { request: request.slice(0, 2000), status, reply: reply.slice(0, 2000) };
}
