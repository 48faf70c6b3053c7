// Owns how loud a notification is, how long it is worth anything, and what can be done from it.
// Called by delivery-handler.ts.
// Must stay true: pure; several told at once are as loud as the loudest of them, and have no buttons.
import { kindFacts } from '#contract/notification-kinds.ts';
import type { NotificationAction } from '#contract/notification-kinds.ts';
import type { Delivery } from './kinds/channel.ts';
import type { Told } from './kinds/content.ts';

export type Manner = Pick<Delivery, 'actions' | 'isSilent' | 'ttlSeconds' | 'priority'>;

const day = 86_400;

export function mannerOf(told: readonly [Told, ...Told[]]): Manner {
  const [first, ...others] = told;
  const one = mannerOfOne(first);
  if (others.length === 0) return one;
  const all = told.map(mannerOfOne);
  return {
    actions: [],
    isSilent: all.every(({ isSilent }) => isSilent),
    ttlSeconds: Math.max(...all.map(({ ttlSeconds }) => ttlSeconds)),
    priority: (['high', 'normal'] as const).find((priority) => all.some((manner) => manner.priority === priority)) ?? 'low',
  };
}

function mannerOfOne(told: Told): Manner {
  switch (told.kind) {
    case 'incoming-call':
      return { actions: [], isSilent: false, ttlSeconds: 30, priority: 'high' };
    case 'call-over':
      return { actions: [], isSilent: true, ttlSeconds: 60, priority: 'low' };
    case 'missed-call':
    case 'voicemail':
      return { actions: actionsOf(told.kind, told.caller.number), isSilent: false, ttlSeconds: day, priority: 'normal' };
    case 'transcript':
      return { actions: actionsOf(told.kind, told.caller.number), isSilent: true, ttlSeconds: day, priority: 'low' };
    case 'message':
      return { actions: actionsOf(told.kind, told.from.number), isSilent: false, ttlSeconds: day, priority: 'normal' };
    case 'alert':
      return { actions: [], isSilent: false, ttlSeconds: day, priority: told.isUrgent ? 'high' : 'normal' };
    case 'test':
      return { actions: [], isSilent: false, ttlSeconds: 60, priority: 'normal' };
  }
}

/** Nobody can be called back or blocked who withheld their number, and no phone of the house is blocked. `number`: E.164, an extension, or empty. */
function actionsOf(kind: keyof typeof kindFacts, number: string): readonly NotificationAction[] {
  const isPossible: Partial<Record<NotificationAction, boolean>> = { 'call-back': number !== '', block: number.startsWith('+') };
  return kindFacts[kind].actions.filter((action) => isPossible[action] ?? true);
}
