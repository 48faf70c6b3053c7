import { codeOf } from './bound-port.ts';
import { describeListener } from './listener-options.ts';
import type { ListenerOptions } from './listener-options.ts';
import { portHolder } from './port-holder.ts';

/** One sentence that says why a port cannot be opened, and which program uses it where that can be found out. */
export function startProblem(options: ListenerOptions, error: unknown): string {
  const address = describeListener(options);
  const code = codeOf(error);
  if (code === 'EADDRINUSE') {
    return `Cannot listen on ${address}: the port is in use by ${portHolder(options.protocol, options.port) ?? 'another program'}.`;
  }
  if (code === 'EADDRNOTAVAIL') return `Cannot listen on ${address}: this machine has no such address.`;
  if (code === 'EACCES') return `Cannot listen on ${address}: ports below 1024 need privileges that this program does not have.`;
  return `Cannot listen on ${address}: ${error instanceof Error ? error.message : String(error)}.`;
}
