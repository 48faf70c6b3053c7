import { parentPort, workerData } from 'node:worker_threads';
import { flood } from './flood.ts';
import type { FloodOptions } from './flood.ts';

// The thread of a flood.
let isOver = false;
parentPort?.on('message', () => (isOver = true));
const result = await flood(workerData as FloodOptions, {
  isOver: () => isOver,
  onStarted: () => parentPort?.postMessage('going'),
});
parentPort?.postMessage(result);
parentPort?.close();
