// Composes what the Supervisor tells, where one started us: our ports and the house's network.
// Called by app.ts.
// Must stay true: nothing waits for it; what it says later than the start is picked up, and a changed port by beginning anew between calls.
import { isDeepStrictEqual } from 'node:util';
import type { Timer } from '#base/clock.ts';
import { listenByNetwork } from '#home-assistant/app-ports.ts';
import { Supervisor } from '#home-assistant/supervisor.ts';
import type { SupervisedSelf } from '#home-assistant/supervisor.ts';
import { UntilDone } from '#home-assistant/until-done.ts';
import { readSupervisorOptions, writeSupervisorOptions } from '#options/supervisor-options.ts';
import type { AppContext } from './context.ts';

export type SupervisorRoom = {
  /** Undefined where no Supervisor started us. */
  readonly client: Supervisor | undefined;
  /** The IPv4 address of the interface that leads to the house; undefined until it is known. */
  readonly primaryAddress: () => string | undefined;
  /** Follows the ports of the app's page, once it is known when no call goes on. */
  readonly followPorts: (isQuiet: () => boolean) => void;
};

const supervisorUrl = 'http://supervisor';
const lookEveryMs = 30_000;

export function composeSupervisor(context: AppContext): SupervisorRoom {
  const { options, overrides, clock, stack, log: root } = context;
  const { supervisorToken: token } = options.homeAssistant;
  if (token === undefined) {
    return { client: undefined, primaryAddress: () => undefined, followPorts: () => {} };
  }
  const client = new Supervisor({ url: overrides.supervisor?.url ?? supervisorUrl, token, clock });
  stack.defer(() => client.close());
  const log = root.child({ room: 'home-assistant' });
  const onFailure = (error: unknown, failures: number) => {
    if (failures === 1) log.warn({ err: error }, 'The Supervisor does not say yet what our ports and network are');
  };
  let primaryAddress: string | undefined;
  const learn = (attempt: () => Promise<void>) => {
    const learning = new UntilDone({ clock, attempt, onFailure });
    learning.start();
    stack.defer(() => learning.stop());
  };
  learn(async () => void (primaryAddress = (await client.network())?.ipv4));
  return {
    client,
    primaryAddress: () => primaryAddress,
    followPorts(isQuiet) {
      let timer: Timer | undefined;
      stack.defer(() => timer?.cancel());
      const beginAnew = () => {
        if (isQuiet()) overrides.restart?.();
      };
      learn(async () => {
        const { network } = await client.self();
        if (!keepPorts(context, network)) return;
        timer = clock.every(lookEveryMs, beginAnew);
        beginAnew();
      });
    },
  };
}

/** Whether the next start has other ports than this one. What a person set by an option stands over the app's page. */
function keepPorts({ options, log }: AppContext, network: SupervisedSelf['network']): boolean {
  const { dataDirectory, sip } = options;
  const listen = listenByNetwork(network);
  if (listen === undefined || sip.isListenGiven || isDeepStrictEqual(listen, sip.listen)) return false;
  // Once: where it was written and not followed, beginning anew would go on for ever.
  if (isDeepStrictEqual(readSupervisorOptions(dataDirectory).sip_listen, listen)) return false;
  writeSupervisorOptions(dataDirectory, { sip_listen: [...listen] });
  log.info({ listen, now: sip.listen }, 'The ports for phones are other ones on the app’s page: beginning anew between calls');
  return true;
}
