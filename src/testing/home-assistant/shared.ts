import { rmSync } from 'node:fs';
import { HomeAssistant } from './home-assistant.ts';
import { Mosquitto } from './mosquitto.ts';

export type SharedHomeAssistant = { readonly core: HomeAssistant; readonly broker: Mosquitto };

let started: Promise<SharedHomeAssistant> | undefined;

/**
 * One Home Assistant at one broker for all flows of a run: a start takes ten seconds of a core. Whoever used it leaves it running and connected;
 * what is retained at the broker is the next one's to clear.
 */
export function sharedHomeAssistant(): Promise<SharedHomeAssistant> {
  started ??= start();
  return started;
}

async function start(): Promise<SharedHomeAssistant> {
  await using stack = new AsyncDisposableStack();
  const broker = stack.use(await Mosquitto.start());
  const core = await HomeAssistant.start({ mqtt: broker.login('home-assistant') });
  // The processes end with this one; what they wrote does not.
  const clear = () => {
    for (const folder of [core.config, broker.folder]) rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', clear);
  process.once('SIGTERM', () => {
    core.kill();
    process.exit();
  });
  stack.move();
  return { core, broker };
}
