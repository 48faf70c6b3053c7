import { parentPort } from 'node:worker_threads';
import '#sip-engine/engine-thread.ts';

// The engine's real thread, but trusting this address kills it, so that a test can see it come back.

const crashAddress = '192.0.2.66';

parentPort?.on('message', (message: { kind: string; address?: string }) => {
  if (message.kind === 'trust' && message.address === crashAddress) throw new Error('killed by a test');
});
