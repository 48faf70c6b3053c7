import { parentPort, workerData } from 'node:worker_threads';

// A fake of the engine's thread that fails on demand: the address given to `trust` says how.

const port = parentPort;
if (port === null) throw new Error('This file runs on a worker thread.');

const { options } = workerData as {
  options: { control: { port: number }; listeners: { port: number }[]; hosts: Record<string, string> };
};
let isUnresponsive = false;

port.on('message', (message: { kind: string; address?: string; ticket?: number }) => {
  if (message.kind === 'stop') port.close();
  else if (message.kind === 'get-sizes') {
    if (!isUnresponsive) port.postMessage({ kind: 'sizes', sizes: { dialogs: 7 }, listening: 'udp/127.0.0.1:6000' });
  } else if (message.kind === 'app-turn-done') log('app-turn-done', { ticket: message.ticket });
  else if (message.address === 'throw') throw new Error('thrown on demand');
  else if (message.address === 'exit') process.exit(3);
  else if (message.address === 'hang') isUnresponsive = true;
  else if (message.address === 'close')
    port.postMessage({ kind: 'flow-closed', source: { protocol: 'ws', address: '192.0.2.7', port: 4000 } });
  else if (message.address === 'app-turn-requested') port.postMessage({ kind: 'app-turn-requested', ticket: 11 });
  else log(message.kind, { address: message.address });
});

function log(text: string, facts: object): void {
  port?.postMessage({ kind: 'log', level: 'info', facts, text });
}

const problem = options.hosts['problem'];
if (problem === undefined) {
  const ports = options.listeners.map((listener, index) => listener.port || 6000 + index);
  port.postMessage({
    kind: 'ready',
    controlPort: options.control.port || 5000,
    hostports: 'udp/127.0.0.1:6000',
    listening: 'udp/127.0.0.1:6000',
    ports,
  });
  log('started', { controlPort: options.control.port, ports: options.listeners.map((listener) => listener.port) });
} else {
  port.postMessage({ kind: 'problem', text: 'The port is taken.' });
  port.close();
}
