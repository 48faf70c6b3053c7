import type { AutoReplyId } from '#base/ids.ts';
import { isOpen } from '#base/opening-hours.ts';
import type { LocalTime, OpeningHours } from '#base/opening-hours.ts';
import type { OptOutWord } from './opt-out.ts';
import { isTextable } from './phone-number.ts';

export type AutoReplyTrigger = 'dnd' | 'after_hours' | 'keyword';

export type AutoReply = {
  readonly id: AutoReplyId;
  readonly name: string;
  /** One of ours, E.164; undefined for all of them. */
  readonly number: string | undefined;
  readonly trigger: AutoReplyTrigger;
  /** Of `keyword`: any of them, as words of the message, in any case. */
  readonly keywords: readonly string[];
  /** Of `after_hours`: replies at every other time. */
  readonly hours: OpeningHours;
  readonly body: string;
  /** Minimum time between two automatic replies to the same sender. */
  readonly quietMinutes: number;
  readonly isEnabled: boolean;
  readonly createdAt: number;
};

export type AutoReplyFacts = {
  /** Those of the number that received the message. */
  readonly rules: readonly AutoReply[];
  readonly from: string;
  readonly body: string;
  readonly isFromUs: boolean;
  readonly isOptedOut: boolean;
  readonly word: OptOutWord | undefined;
  readonly isDnd: boolean;
  readonly local: LocalTime;
  readonly now: number;
  /** When this sender got automatic replies in the last day. */
  readonly previous: readonly number[];
  /** Automatic replies to all senders in the last hour. */
  readonly repliesOfHour: number;
};

export type AutoReplyDecision =
  | { readonly kind: 'reply'; readonly rule: AutoReply }
  | {
      readonly kind: 'none';
      readonly reason: 'not-textable' | 'own-number' | 'opted-out' | 'opt-out-word' | 'no-rule' | 'too-often' | 'too-many';
    };

/** Stops two machines that answer each other, however the rules are set. */
const maxPerDay = 5;
/** Senders are easily forged: replies to many expensive numbers abroad (SMS pumping) must not empty the account. */
const maxPerHour = 60;

/** Whether an inbound message gets an automatic reply, and by which rule: keyword, then do not disturb, then after hours. */
export function decideAutoReply(facts: AutoReplyFacts): AutoReplyDecision {
  if (!isTextable(facts.from)) return { kind: 'none', reason: 'not-textable' };
  if (facts.isFromUs) return { kind: 'none', reason: 'own-number' };
  if (facts.isOptedOut) return { kind: 'none', reason: 'opted-out' };
  // Carriers answer these words themselves.
  if (facts.word !== undefined) return { kind: 'none', reason: 'opt-out-word' };
  const rule = findRule(facts);
  if (rule === undefined) return { kind: 'none', reason: 'no-rule' };
  const quietSince = facts.now - rule.quietMinutes * 60_000;
  const isTooOften = facts.previous.length >= maxPerDay || facts.previous.some((at) => at > quietSince);
  if (isTooOften) return { kind: 'none', reason: 'too-often' };
  return facts.repliesOfHour >= maxPerHour ? { kind: 'none', reason: 'too-many' } : { kind: 'reply', rule };
}

function findRule({ rules, body, isDnd, local }: AutoReplyFacts): AutoReply | undefined {
  const enabled = rules.filter(({ isEnabled }) => isEnabled);
  const of = (trigger: AutoReplyTrigger) => enabled.filter((rule) => rule.trigger === trigger);
  return (
    of('keyword').find(({ keywords }) => containsAny(body, keywords)) ??
    (isDnd ? of('dnd')[0] : undefined) ??
    of('after_hours').find(({ hours }) => !isOpen(hours, local))
  );
}

function containsAny(body: string, keywords: readonly string[]): boolean {
  const words = wordsOf(body);
  return keywords.some((keyword) => {
    const wanted = wordsOf(keyword);
    return wanted.trim() !== '' && words.includes(wanted);
  });
}

/** Lower case, a space between words and around all of them. */
function wordsOf(text: string): string {
  return ` ${(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ')} `;
}
