import { setTimeout as sleep } from 'node:timers/promises';

export type StallPlan = {
  readonly pid: number;
  readonly random: (below: number) => number;
  readonly isOver: () => boolean;
};

export type Stalls = { readonly count: number; readonly seconds: number };

/** Stops a process for 0.3 to 1.2 s again and again, as a machine does that swaps or is suspended; it runs again when this resolves. */
export async function stallRepeatedly({ pid, random, isOver }: StallPlan): Promise<Stalls> {
  let [count, milliseconds] = [0, 0];
  while (!isOver()) {
    await sleep(random(2500));
    const start = performance.now();
    process.kill(pid, 'SIGSTOP');
    try {
      await sleep(300 + random(900));
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    count += 1;
    milliseconds += performance.now() - start;
  }
  return { count, seconds: Math.round(milliseconds / 1000) };
}
