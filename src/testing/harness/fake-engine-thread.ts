import { parentPort, workerData } from 'node:worker_threads';

// Stands in for the engine's thread, so that tests can make it fail on demand: it does what the address given to `trust` says.

const port = parentPort;
if (port === null) throw new Error('This file runs on a worker thread.');

const { options } = workerData as {
  options: { control: { port: number }; listeners: { port: number }[]; hosts: Record<string, string> };
};
let isUnresponsive = false;

port.on('message', (message: { kind: string; address?: string; ticket?: number }) => {
  if (message.kind === 'stop') port.close();
  else if (message.kind === 'count') {
    if (!isUnresponsive) port.postMessage({ kind: 'counted', sizes: { dialogs: 7 } });
  } else if (message.kind === 'turned') log('turned', { ticket: message.ticket });
  else if (message.address === 'throw') throw new Error('thrown on demand');
  else if (message.address === 'exit') process.exit(3);
  else if (message.address === 'hang') isUnresponsive = true;
  else if (message.address === 'close')
    port.postMessage({ kind: 'flow-closed', source: { protocol: 'ws', address: '192.0.2.7', port: 4000 } });
  else if (message.address === 'turn') port.postMessage({ kind: 'turn', ticket: 11 });
  else log(message.kind, { address: message.address });
});

function log(sentence: string, facts: object): void {
  port?.postMessage({ kind: 'log', level: 'info', facts, sentence });
}

const problem = options.hosts['problem'];
if (problem === undefined) {
  const ports = options.listeners.map((listener, index) => listener.port || 6000 + index);
  port.postMessage({ kind: 'ready', controlPort: options.control.port || 5000, hostports: 'udp/127.0.0.1:6000', ports });
  log('started', { controlPort: options.control.port, ports: options.listeners.map((listener) => listener.port) });
} else {
  port.postMessage({ kind: 'problem', text: 'The port is taken.' });
  port.close();
}
