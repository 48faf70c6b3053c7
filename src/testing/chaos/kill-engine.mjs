// Loaded before GoSIP: at SIGUSR2 it ends the thread of the SIP engine, as a fault in it would.
import { syncBuiltinESMExports } from 'node:module';
import workerThreads from 'node:worker_threads';

const { Worker } = workerThreads;
let engine;

if (workerThreads.isMainThread) {
  workerThreads.Worker = class extends Worker {
    constructor(file, options) {
      super(file, options);
      if (String(file).includes('engine')) engine = this;
    }
  };
  syncBuiltinESMExports();
  process.on('SIGUSR2', () => void engine?.terminate());
}
