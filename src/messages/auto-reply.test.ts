import { describe, expect, it } from 'vitest';
import { decideAutoReply } from './auto-reply.ts';
import type { AutoReply, AutoReplyFacts } from './auto-reply.ts';

const now = Date.UTC(2026, 0, 1, 12);
const minute = 60_000;

function rule(change: Partial<AutoReply>): AutoReply {
  return {
    id: 'auto_1' as const,
    name: '',
    number: undefined,
    trigger: 'dnd' as const,
    keywords: [],
    hours: [],
    body: 'Later',
    quietMinutes: 60,
    isEnabled: true,
    createdAt: 0,
    ...change,
  };
}

const dnd = rule({ id: 'auto_dnd', trigger: 'dnd' });
const late = rule({ id: 'auto_late', trigger: 'after_hours', hours: [{ days: [4], from: '08:00', to: '18:00' }] });
const word = rule({ id: 'auto_word', trigger: 'keyword', keywords: ['opening hours', 'Öffnungszeiten'] });

const usual: AutoReplyFacts = {
  rules: [dnd, late, word],
  from: '+15555550123',
  body: 'Hello',
  isFromUs: false,
  isOptedOut: false,
  word: undefined,
  // A Thursday.
  isDnd: false,
  local: { weekday: 4, minutes: 12 * 60 },
  now,
  previous: [],
  repliesOfHour: 59,
};

describe('an automatic reply', () => {
  it.each<[string, Partial<AutoReplyFacts>, string]>([
    ['in hours, undisturbed', {}, 'no-rule'],
    ['do not disturb', { isDnd: true }, 'auto_dnd'],
    ['after hours', { local: { weekday: 4, minutes: 19 * 60 } }, 'auto_late'],
    ['both', { isDnd: true, local: { weekday: 5, minutes: 0 } }, 'auto_dnd'],
    ['a keyword among words', { body: 'What are your OPENING HOURS?' }, 'auto_word'],
    ['a keyword with an umlaut', { body: 'öffnungszeiten' }, 'auto_word'],
    ['a keyword before do not disturb', { body: 'opening   hours', isDnd: true }, 'auto_word'],
    ['a part of a word', { body: 'reopening hoursly' }, 'no-rule'],
    ['a rule that is off', { isDnd: true, rules: [{ ...dnd, isEnabled: false }] }, 'no-rule'],
    ['a keyword without a letter', { body: '?', rules: [rule({ trigger: 'keyword', keywords: ['!'] })] }, 'no-rule'],
    ['a short code', { isDnd: true, from: '72345' }, 'not-textable'],
    ['a withheld number', { isDnd: true, from: '+266696687' }, 'not-textable'],
    ['own-number', { isDnd: true, isFromUs: true }, 'own-number'],
    ['an opted-out pair', { isDnd: true, isOptedOut: true }, 'opted-out'],
    ['STOP', { isDnd: true, word: 'stop' }, 'opt-out-word'],
    ['START', { isDnd: true, word: 'start' }, 'opt-out-word'],
    ['HELP', { isDnd: true, word: 'help' }, 'opt-out-word'],
    ['one an hour ago less a minute', { isDnd: true, previous: [now - 59 * minute] }, 'too-often'],
    ['one an hour ago', { isDnd: true, previous: [now - 60 * minute] }, 'auto_dnd'],
    ['five today, long ago', { isDnd: true, previous: Array.from({ length: 5 }, () => now - 600 * minute) }, 'too-often'],
    ['the sixtieth sender in an hour', { isDnd: true, repliesOfHour: 60 }, 'too-many'],
    ['a keyword soon after another reply', { body: 'opening hours', previous: [now - minute] }, 'too-often'],
  ])('to %s', (_, change, expected) => {
    const decision = decideAutoReply({ ...usual, ...change });
    expect(decision.kind === 'reply' ? decision.rule.id : decision.reason).toBe(expected);
  });
});
