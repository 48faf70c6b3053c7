import type { EscalationChainId, Id, NumberId, PersonId } from '#base/ids.ts';
import type { RingOrder, RingTarget } from './ring-group.ts';

export type RouteId = Id<'route'>;

/** `YYYY-MM-DD`, or `MM-DD` for every year; both ends are part of it, and where `to` is before `from` it passes the turn of the year. */
export type DateRange = { readonly from: string; readonly to: string };

/** Times at which a rule applies. A window that passes midnight belongs to the day on which it begins. */
export type TimeCondition = {
  /** Monday is 1, Sunday 7; empty: every day. */
  readonly weekdays: readonly number[];
  /** `HH:MM`; `to` at or before `from` is on the next day. Without them the whole day. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Empty: every date. */
  readonly dates: readonly DateRange[];
  /** Whether the day may, must or must not be a holiday. */
  readonly holidays: 'any' | 'only' | 'except';
  /** IANA name; that of the house where undefined. */
  readonly timeZone?: string | undefined;
};

export type CallerCondition =
  | { readonly kind: 'exact'; readonly number: string }
  /** The first digits of numbers in E.164, with the plus. */
  | { readonly kind: 'prefix'; readonly prefix: string }
  /** Of the address book, by name. */
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'anonymous' }
  /** Neither in the address book nor called by the house of late. */
  | { readonly kind: 'unknown' }
  /** ISO 3166-1, two letters. */
  | { readonly kind: 'country'; readonly country: string };

export type StateCondition = {
  readonly entityId: string;
  readonly operator: 'is' | 'is-not' | 'above' | 'below';
  readonly value: string;
  /** What holds where the state is not known or too old. */
  readonly fallback: 'match' | 'no-match';
  /** A state that was last confirmed longer ago is too old. */
  readonly maxAgeSeconds: number;
};

/** Any of the times, any of the callers, and all of the states. What is empty does not restrict; without any the rule always applies. */
export type RouteConditions = {
  readonly times: readonly TimeCondition[];
  readonly callers: readonly CallerCondition[];
  readonly states: readonly StateCondition[];
};

/** `personId` undefined: the mailbox of the number's owner. */
type ToVoicemail = { readonly kind: 'voicemail'; readonly personId?: PersonId | undefined };

/** `isScreened`: whoever answers must press 1, so that the far side's own mailbox cannot take the call. */
type ToNumber = { readonly kind: 'forward'; readonly number: string; readonly seconds: number; readonly isScreened: boolean };

/** What follows where nobody answers. */
export type AfterRoute = ToVoicemail | ToNumber | { readonly kind: 'reject' };

export type RouteAction =
  | {
      readonly kind: 'ring';
      readonly targets: readonly RingTarget[];
      readonly order: RingOrder;
      /** Of all together, or of each. */
      readonly seconds: number;
      readonly then: AfterRoute;
    }
  | (ToNumber & { readonly then: AfterRoute })
  /** A chain of people is rung until one of them presses 1, who gets the call. */
  | { readonly kind: 'escalate'; readonly chainId: EscalationChainId; readonly then: AfterRoute }
  /** `greeting`: spoken in place of the mailbox's own. */
  | (ToVoicemail & { readonly greeting?: string | undefined })
  | { readonly kind: 'reject'; readonly tone: 'busy' | 'declined' }
  | { readonly kind: 'play'; readonly text: string; readonly language: string };

/** One routing rule of a number: the first that applies decides. */
export type Route = {
  readonly id: RouteId;
  readonly numberId: NumberId;
  readonly name: string;
  readonly isEnabled: boolean;
  readonly conditions: RouteConditions;
  readonly action: RouteAction;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
};
