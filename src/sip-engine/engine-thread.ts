import { parentPort, workerData } from 'node:worker_threads';
import type { Pace } from './control/queue.ts';
import { createEngine } from './engine.ts';
import type { EngineLog } from './runtime/engine-log.ts';
import type { FromThread, ThreadStart, ToThread } from './engine-supervisor.ts';
import { plainFacts } from './line-log.ts';
import { engineSystemClock } from './runtime/system-clock.ts';

// Runs one engine on a worker thread, so that nothing the application does delays a retransmission. Started by engine-supervisor.ts.
// Must stay true: on an unexpected error the thread reports it and ends instead of running on half-broken.

const port = parentPort;
if (port === null) throw new Error('This file runs on a worker thread: start the engine by main.ts.');

const { options, logLevels } = workerData as ThreadStart;
const post = (message: FromThread): void => port.postMessage(message);

const writer = (level: keyof EngineLog) =>
  logLevels.includes(level)
    ? (facts: object, text: string): void => post({ kind: 'log', level, facts: plainFacts(facts), text })
    : (): void => {};

const waiting = new Map<number, () => void>();
let tickets = 0;

/** The application runs on the thread that started us, and reports when it has had a turn of its event loop. */
const pace: Pace = (release) => {
  tickets += 1;
  waiting.set(tickets, release);
  post({ kind: 'app-turn-requested', ticket: tickets });
};

const engine = createEngine(options, {
  clock: engineSystemClock,
  log: { debug: writer('debug'), info: writer('info'), warn: writer('warn'), error: writer('error') },
  pace,
  onFlowClosed: (source) => post({ kind: 'flow-closed', source }),
});

port.on('message', (message: ToThread) => {
  if (message.kind === 'app-turn-done') {
    const release = waiting.get(message.ticket);
    waiting.delete(message.ticket);
    release?.();
  } else if (message.kind === 'trust') engine.trust(message.address);
  else if (message.kind === 'untrust') engine.untrust(message.address);
  else if (message.kind === 'registration-added') engine.registrationAdded(message.endpoint);
  else if (message.kind === 'registration-removed') engine.registrationRemoved(message.endpoint);
  else if (message.kind === 'get-sizes') post({ kind: 'sizes', sizes: engine.sizes(), listening: engine.listening });
  else void engine.stop().then(() => port.close());
});

try {
  await engine.start();
  const { controlPort, hostports, listening, ports } = engine;
  post({ kind: 'ready', controlPort, hostports, listening, ports });
} catch (error) {
  post({ kind: 'problem', text: error instanceof Error ? error.message : String(error) });
  port.close();
}
