// Composes what the house does where another program holds a port for phones: it runs with the others, says so, and takes the port later.
// Called by sip-engine.ts for the ports, and by app.ts once Home Assistant may be asked who it is.
// Must stay true: a house that can be reached by one port starts; one that can be reached by none does not.
import { AppError } from '#base/errors.ts';
import { takenListeners } from '#sip-engine/transport/taken-listeners.ts';
import type { TakenListener } from '#sip-engine/transport/taken-listeners.ts';
import { isVoipSetUp } from '#home-assistant/voip.ts';
import type { CoreConnection } from '#home-assistant/core-connection.ts';
import { takenPortAlerts, takenPortMessage } from '#system/taken-port-alerts.ts';
import type { TakenPortDeps, VoipIntegration } from '#system/taken-port-alerts.ts';
import type { AppContext, RoomFace } from './context.ts';
import { faceOf } from './face.ts';

export type SipPorts = {
  /** What can be had of `sip_listen`. */
  readonly listen: readonly string[];
  readonly taken: readonly TakenListener[];
  readonly message: (one: TakenListener) => string;
  /** Finds out who holds the ports and looks whether they are free. */
  readonly watch: (core: CoreConnection | undefined, isQuiet: () => boolean) => void;
  readonly face: RoomFace;
};

const lookEveryMs = 30_000;

/** Throws `conflict` with what to do where all are taken. */
export async function composeSipPorts({ options, overrides, clock, stack, log: root }: AppContext): Promise<SipPorts> {
  const log = root.child({ room: 'sip-engine' });
  const { listen: wanted } = options.sip;
  const found = options.sip.engine === 'embedded' ? await takenListeners(wanted) : [];
  const others = wanted.filter((one) => !found.some(({ listener }) => listener === one));
  const isApp = options.homeAssistant.supervisorToken !== undefined && !options.sip.isListenGiven;
  let voip: VoipIntegration | undefined = options.homeAssistant.core === undefined ? undefined : 'unknown';
  const now = (): TakenPortDeps => ({ taken: found, others, voip, isApp });
  const message = (one: TakenListener) => takenPortMessage(one, now());
  if (others.length === 0) throw new AppError('conflict', found.map(message).join(' '));
  const look = async (isQuiet: () => boolean) => {
    const still = await takenListeners(found.map(({ listener }) => listener));
    if (still.length === found.length || !isQuiet() || overrides.restart === undefined) return;
    log.info({ listen: wanted }, 'A port for phones is free now: beginning anew to take it');
    overrides.restart();
  };
  return {
    listen: others,
    taken: found,
    message,
    watch(core, isQuiet) {
      if (found.length === 0) return;
      const ask = (line: CoreConnection) =>
        void isVoipSetUp(line).then(
          (isSetUp) => (voip = isSetUp ? 'set-up' : 'absent'),
          () => (voip = 'unknown'),
        );
      if (core !== undefined) stack.defer(core.onConnected(() => ask(core)));
      const timer = clock.every(lookEveryMs, () => void look(isQuiet));
      stack.defer(() => timer.cancel());
    },
    face: faceOf({ alerts: takenPortAlerts(now) }),
  };
}
