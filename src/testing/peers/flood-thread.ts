import { parentPort, workerData } from 'node:worker_threads';
import { flood } from './flood.ts';
import type { FloodOrder } from './flood.ts';

// The thread of a flood.
let isOver = false;
parentPort?.on('message', () => (isOver = true));
const result = await flood(workerData as FloodOrder, { isOver: () => isOver, onGoing: () => parentPort?.postMessage('going') });
parentPort?.postMessage(result);
parentPort?.close();
