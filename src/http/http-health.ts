import type { PartHealth } from '#contract/system.ts';

/** `evicted`: connections closed because they asked for nothing while others waited. */
export function httpHealth({ port, evicted }: { readonly port: number; readonly evicted: number }): PartHealth {
  const closed = evicted === 0 ? '' : `; ${evicted} idle connections were closed to make room`;
  return { status: 'ok', message: `Answers on port ${port}${closed}` };
}
