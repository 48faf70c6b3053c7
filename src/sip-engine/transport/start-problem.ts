import { codeOf } from './bound-port.ts';
import { describeListener } from './listener-options.ts';
import type { ListenerOptions } from './listener-options.ts';
import { portHolder } from './port-holder.ts';

/** One sentence that says why a port cannot be had, and who holds it where that can be found out. */
export function startProblem(options: ListenerOptions, error: unknown): string {
  const place = describeListener(options);
  const code = codeOf(error);
  if (code === 'EADDRINUSE') {
    return `Cannot listen on ${place}: the port is in use by ${portHolder(options.protocol, options.port) ?? 'another program'}.`;
  }
  if (code === 'EADDRNOTAVAIL') return `Cannot listen on ${place}: this machine has no such address.`;
  if (code === 'EACCES') return `Cannot listen on ${place}: ports below 1024 need more rights than this program has.`;
  return `Cannot listen on ${place}: ${error instanceof Error ? error.message : String(error)}.`;
}
