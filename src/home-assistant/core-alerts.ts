import { alert, bindAlert } from '#contract/alert.ts';
import type { Alert } from '#contract/alert.ts';
import type { LineState } from './core-line.ts';

export const homeAssistantRefuses = alert({
  alertId: 'home-assistant-refuses',
  title: 'Home Assistant refuses the access token',
});

/** A Home Assistant that is away is none: it restarts, and nobody has to do anything. */
export function coreAlerts(state: () => LineState): readonly Alert[] {
  const active = () => {
    const now = state();
    const problem = now.kind === 'away' ? now.problem : undefined;
    return problem?.code === 'forbidden' ? [{ about: 'home-assistant', message: problem.message }] : [];
  };
  return [bindAlert(homeAssistantRefuses, { active, changedBy: [] })];
}
