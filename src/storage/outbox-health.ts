import type { OutboxState } from './outbox-item.ts';

export type OutboxHealth = { readonly status: 'ok' | 'degraded'; readonly message: string };

type OutboxCounts = Readonly<Pick<Record<OutboxState, number>, 'waiting' | 'attempting' | 'doubtful'>>;

/** `problem`: why a service is not reached at the moment. */
export function outboxHealth({ waiting, attempting, doubtful }: OutboxCounts, problem: string | undefined): OutboxHealth {
  const open = waiting + attempting + doubtful;
  if (problem !== undefined) return { status: 'degraded', message: `${open} waiting to be sent: ${problem}` };
  return { status: 'ok', message: open === 0 ? 'Nothing is waiting to be sent' : `${open} waiting to be sent` };
}
