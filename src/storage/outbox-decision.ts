import type { AttemptOutcome, LookUpOutcome, OutboxEnd, OutboxHandler, OutboxItem, RetrySchedule } from './outbox-item.ts';

/** What becomes of an item after an attempt or a lookup. `pauseUntil`: nothing is sent to its service before. */
export type OutboxDecision =
  | { readonly kind: 'end'; readonly end: OutboxEnd }
  | {
      readonly kind: 'postpone';
      readonly state: 'waiting' | 'doubtful';
      readonly failures: number;
      readonly dueAt: number;
      readonly lastAttemptAt: number | undefined;
      readonly code: number | undefined;
      readonly message: string;
      readonly pauseUntil?: number;
    };

export type DecisionFacts = {
  readonly now: number;
  /** Failures of the service in a row, this one included. */
  readonly consecutiveFailures: number;
  /** 0 ≤ random < 1, for the jitter. */
  readonly random: number;
  readonly delays: OutboxDelays;
  /** Three retries where there is none. */
  readonly schedule?: RetrySchedule | undefined;
};

export type OutboxDelays = {
  readonly initialSeconds: number;
  readonly maxSeconds: number;
  /** How long after an attempt its absence at the service is believed. */
  readonly doubtSeconds: number;
};

export const defaultDelays: OutboxDelays = { initialSeconds: 1, maxSeconds: 30, doubtSeconds: 30 };

/** Retries after the first attempt. */
const maxRetries = 3;

/** Exponential over the retries, from the first delay to the longest, a fifth more or less. */
export function backOffMs(failures: number, { random, delays }: Pick<DecisionFacts, 'random' | 'delays'>): number {
  const { initialSeconds, maxSeconds } = delays;
  const growth = (maxSeconds / initialSeconds) ** (1 / (maxRetries - 1));
  const seconds = initialSeconds * growth ** Math.min(maxRetries - 1, Math.max(0, failures - 1));
  return Math.round(Math.min(maxSeconds, seconds * (0.8 + random * 0.4)) * 1000);
}

export function decideAfterAttempt(
  item: OutboxItem,
  outcome: AttemptOutcome,
  facts: DecisionFacts & Pick<OutboxHandler, 'whenInDoubt'>,
): OutboxDecision {
  const { now, consecutiveFailures } = facts;
  switch (outcome.kind) {
    case 'done':
      return { kind: 'end', end: { state: 'done', result: outcome.result } };
    case 'failed':
      return { kind: 'end', end: { state: 'failed', code: outcome.code, message: outcome.message } };
    case 'limited': {
      const delayMs =
        outcome.retryAfterSeconds === undefined
          ? backOffMs(consecutiveFailures, facts)
          : Math.ceil(outcome.retryAfterSeconds * 1000);
      return postpone(item, outcome, { dueAt: now + delayMs, pauseUntil: now + delayMs });
    }
    case 'unreachable': {
      const dueAt = now + backOffMs(consecutiveFailures, facts);
      return postpone(item, outcome, { dueAt, pauseUntil: dueAt });
    }
    case 'retry':
      return notBefore(retry(item, outcome, facts), outcome.retryAfterSeconds, facts);
    case 'ambiguous':
      if (facts.whenInDoubt === 'unknown')
        return { kind: 'end', end: { state: 'unknown', code: outcome.code, message: outcome.message } };
      if (facts.whenInDoubt === 'repeat') return notBefore(retry(item, outcome, facts), outcome.retryAfterSeconds, facts);
      return notBefore(
        {
          kind: 'postpone',
          state: 'doubtful',
          failures: item.failures + 1,
          dueAt: now + backOffMs(1, facts),
          lastAttemptAt: now,
          code: outcome.code,
          message: outcome.message,
        },
        outcome.retryAfterSeconds,
        facts,
      );
  }
}

/** A service that says when it is available again gets nothing before then. */
function notBefore(
  decision: OutboxDecision,
  retryAfterSeconds: number | undefined,
  { now, schedule }: DecisionFacts,
): OutboxDecision {
  if (decision.kind === 'end' || retryAfterSeconds === undefined) return decision;
  const pauseUntil = now + Math.ceil(retryAfterSeconds * 1000);
  const dueAt = Math.max(decision.dueAt, pauseUntil);
  // Behind a service with a schedule of its own are many places, of which one alone says so.
  return schedule === undefined ? { ...decision, dueAt, pauseUntil } : { ...decision, dueAt };
}

export function decideAfterLookUp(item: OutboxItem, outcome: LookUpOutcome, facts: DecisionFacts): OutboxDecision {
  const { now, delays } = facts;
  switch (outcome.kind) {
    case 'found':
      return { kind: 'end', end: { state: 'done', result: outcome.result } };
    case 'never-known':
      return { kind: 'end', end: { state: 'unknown', code: item.code, message: outcome.message } };
    case 'unclear': {
      if (now >= item.giveUpAt) return { kind: 'end', end: { state: 'unknown', code: item.code, message: outcome.message } };
      const delayMs =
        outcome.retryAfterSeconds === undefined
          ? backOffMs(facts.consecutiveFailures, facts)
          : Math.ceil(outcome.retryAfterSeconds * 1000);
      return stayInDoubt(item, now + delayMs, outcome.message);
    }
    case 'absent': {
      const message = item.message ?? 'The request was lost on its way';
      // A clock that was set back must not prolong the wait.
      const believedAt = Math.min((item.lastAttemptAt ?? 0) + delays.doubtSeconds * 1000, now + delays.doubtSeconds * 1000);
      if (now < believedAt) return stayInDoubt(item, believedAt, message);
      if (item.failures > retriesOf(facts)) return { kind: 'end', end: { state: 'failed', code: item.code, message } };
      const isByPlan = facts.schedule !== undefined && item.failures > 0;
      return postpone(item, { message, code: item.code }, { dueAt: isByPlan ? nextTryAt(item, facts) : now });
    }
  }
}

type Why = { readonly message: string; readonly code?: number | undefined };

function retry(item: OutboxItem, why: Why, facts: DecisionFacts): OutboxDecision {
  const failures = item.failures + 1;
  if (failures > retriesOf(facts)) return { kind: 'end', end: { state: 'failed', code: why.code, message: why.message } };
  return postpone({ ...item, failures }, why, { dueAt: nextTryAt({ ...item, failures }, facts) });
}

const retriesOf = ({ schedule }: Pick<DecisionFacts, 'schedule'>) =>
  schedule === undefined ? maxRetries : schedule.atSeconds.length - 1;

/** By the schedule from the first attempt on, but never at once after one that took long, or was made long ago. */
function nextTryAt({ failures, firstAttemptAt }: OutboxItem, facts: DecisionFacts): number {
  const { now, schedule } = facts;
  if (schedule === undefined) return now + backOffMs(failures, facts);
  const at = schedule.atSeconds[failures] ?? 0;
  const gap = at - (schedule.atSeconds[failures - 1] ?? 0);
  return Math.max((firstAttemptAt ?? now) + at * 1000, now + (gap * 1000) / 2);
}

function postpone(item: OutboxItem, why: Why, when: { readonly dueAt: number; readonly pauseUntil?: number }): OutboxDecision {
  const { failures, lastAttemptAt } = item;
  return { kind: 'postpone', state: 'waiting', failures, lastAttemptAt, code: why.code, message: why.message, ...when };
}

function stayInDoubt(item: OutboxItem, dueAt: number, message: string): OutboxDecision {
  const { failures, lastAttemptAt, code } = item;
  return { kind: 'postpone', state: 'doubtful', failures, lastAttemptAt, code, message, dueAt };
}
