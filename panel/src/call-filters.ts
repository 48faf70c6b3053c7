import type { listCallRecords } from '#contract/calls.ts';
import type { EndpointInput } from '#contract/endpoint.ts';
import type { StringKey } from './strings/en.ts';

type Query = NonNullable<EndpointInput<typeof listCallRecords>['query']>;

export type CallFilter = {
  readonly name: string;
  readonly text: StringKey;
  readonly query: Pick<Query, 'direction' | 'disposition'>;
};

export const allCalls: CallFilter = { name: 'all', text: 'calls.all', query: {} };

export const callFilters: readonly CallFilter[] = [
  allCalls,
  { name: 'missed', text: 'calls.missed', query: { disposition: 'missed' } },
  { name: 'inbound', text: 'calls.inbound', query: { direction: 'inbound' } },
  { name: 'outbound', text: 'calls.outbound', query: { direction: 'outbound' } },
  { name: 'internal', text: 'calls.internal', query: { direction: 'internal' } },
  { name: 'voicemail', text: 'calls.voicemail', query: { disposition: 'voicemail' } },
  { name: 'blocked', text: 'calls.blocked', query: { disposition: 'blocked' } },
];
