import type { EndpointReply } from '#contract/endpoint.ts';
import type { getRoute } from '#contract/routes.ts';

/** A routing rule as the house has it. */
export type Rule = EndpointReply<typeof getRoute>;
export type RuleConditions = Rule['conditions'];
export type TimeCondition = RuleConditions['times'][number];
export type CallerCondition = RuleConditions['callers'][number];
export type StateCondition = RuleConditions['states'][number];
export type RuleAction = Rule['action'];
export type AfterRule = Extract<RuleAction, { kind: 'ring' }>['then'];
export type RingTarget = Extract<RuleAction, { kind: 'ring' }>['targets'][number];

/** What is written in the builder. */
export type RuleDraft = Pick<Rule, 'name' | 'enabled' | 'conditions' | 'action'>;

export function draftOf({ name, enabled, conditions, action }: RuleDraft): RuleDraft {
  return { name, enabled, conditions, action };
}

export const newRule: RuleDraft = {
  name: '',
  enabled: true,
  conditions: { times: [], callers: [], states: [] },
  action: { kind: 'ring', targets: [], order: 'all', seconds: 30, then: { kind: 'voicemail' } },
};

/** The ids of what is named, with their names as the house knows them now. */
export type HouseNames = {
  readonly people: ReadonlyMap<string, string>;
  readonly phones: ReadonlyMap<string, string>;
  readonly groups: ReadonlyMap<string, string>;
  readonly chains: ReadonlyMap<string, string>;
};
