// Composes the client of the Supervisor, where one started us.
// Called by app.ts.
import { Supervisor } from '#home-assistant/supervisor.ts';
import type { AppContext } from './context.ts';

const supervisorUrl = 'http://supervisor';

export function composeSupervisor({ options, overrides, clock }: AppContext): Supervisor | undefined {
  const { supervisorToken: token } = options.homeAssistant;
  return token === undefined ? undefined : new Supervisor({ url: overrides.supervisor?.url ?? supervisorUrl, token, clock });
}
