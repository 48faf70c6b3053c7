/** Under which a rule that is being written is kept. */
export function ruleKey(ruleId: string): string {
  return `rule ${ruleId}`;
}

/** Of the rule that a number gets. */
export function newRuleKey(numberId: string): string {
  return `rule of ${numberId}`;
}
