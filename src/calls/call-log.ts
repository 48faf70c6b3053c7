import { maskNumber } from '#base/log.ts';
import type { Log } from '#base/log.ts';
import { explainReason } from '#contract/routing-reasons.ts';
import type { RoutingReason } from '#contract/routing-reasons.ts';
import type { CallRecord, Party } from './call.ts';
import { explain } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** One sentence each, without full numbers. */
export function reasonsForLog(reasons: readonly RoutingReason[]): readonly string[] {
  return reasons.map(({ code, params }) => {
    const number: unknown = 'number' in params ? params.number : undefined;
    const shownParams = typeof number === 'string' ? { ...params, number: maskNumber(number) } : params;
    return explainReason({ code, params: shownParams } as RoutingReason);
  });
}

/** `why`: what decided whom it rings, first to last; a call outside is not decided. */
export function logStart(log: Log, { direction, caller, callee, dialled, reasons }: CallRecord): void {
  const why = reasons.length === 0 ? {} : { why: reasonsForLog(reasons) };
  log.info({ direction, from: shown(caller), to: shown(callee), dialled: maskNumber(dialled), ...why }, 'Call started');
}

export function logJoin(log: Log, { caller, callee }: CallRecord): void {
  log.info({ from: shown(caller), to: shown(callee) }, 'Call joined by a transfer');
}

/** How long people talked, or waited where the call was not answered. */
export function logEnd(log: Log, { answeredAt, startedAt, endedAt }: CallRecord, verdict: Verdict): void {
  const seconds = Math.round(((endedAt ?? startedAt) - (answeredAt ?? startedAt)) / 1000);
  const duration = answeredAt === undefined ? { waitedSeconds: seconds } : { talkedSeconds: seconds };
  log.info({ ...verdict, ...duration }, sentence(verdict));
}

function sentence(verdict: Verdict): string {
  return verdict.disposition === 'answered' ? `Call ended: ${explain(verdict)}` : `Call not answered: ${explain(verdict)}`;
}

/** One of our phones by name and extension, anyone else by the end of the number. */
function shown(party: Party): string {
  if (party.deviceId !== undefined) return `${party.name} (${party.number})`;
  return party.number === '' ? 'hidden' : maskNumber(party.number);
}
