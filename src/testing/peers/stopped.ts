import { readdirSync, readFileSync } from 'node:fs';

/** Stops a process (SIGSTOP), and resolves once none of its threads runs any more: until then it may still answer what comes next. */
export async function stopped(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  const states = () => readdirSync(`/proc/${pid}/task`).map((thread) => stateOf(`/proc/${pid}/task/${thread}/stat`));
  while (!states().every((state) => state === 'T')) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The letter behind the name, which is in parentheses and may hold any sign. */
function stateOf(stat: string): string {
  return /.*\) (\w)/s.exec(readFileSync(stat, 'latin1'))?.[1] ?? '';
}
