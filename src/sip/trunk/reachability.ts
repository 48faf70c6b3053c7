import type { TrunkState } from './peers.ts';

/** Whether a call that the network rings at our registration would reach us. A trunk that we do not know needs no registration of ours. */
export function isTrunkReachable(trunks: readonly Pick<TrunkState, 'name' | 'isReady'>[], name: string): boolean {
  return trunks.find((trunk) => trunk.name === name)?.isReady ?? true;
}
