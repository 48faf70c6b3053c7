// A trunk in words: whether it takes calls, and what a check or a test call found.
import type { EndpointReply } from '#contract/endpoint.ts';
import type { checkTrunk, getTrunkTestCall, getTrunkOrder, listTrunkPresets } from '#contract/trunks.ts';
import type { Tone } from './parts/status.ts';
import type { StringKey } from './strings/en.ts';

export type TrunkInOrder = EndpointReply<typeof getTrunkOrder>['items'][number];
export type TrunkState = TrunkInOrder['state'];
export type TrunkPreset = EndpointReply<typeof listTrunkPresets>['items'][number];
export type CheckStep = EndpointReply<typeof checkTrunk>['steps'][number];
export type TestCall = EndpointReply<typeof getTrunkTestCall>;

const tones: Readonly<Record<TrunkState['kind'], Tone>> = {
  off: 'quiet',
  ready: 'good',
  registering: 'accent',
  registered: 'good',
  'wrong-password': 'bad',
  refused: 'bad',
  'name-not-found': 'bad',
  certificate: 'bad',
  unreachable: 'bad',
  locked: 'bad',
};

export function trunkTone({ kind }: TrunkState): Tone {
  return tones[kind];
}

export function trunkStateKey({ kind }: TrunkState): StringKey {
  return `trunk.state.${kind}`;
}

/** What the provider said, such as `403 Forbidden`; empty where it said nothing. */
export function responseOf({ sipStatus, reason }: { readonly sipStatus: number | null; readonly reason: string | null }): string {
  return [sipStatus === null ? '' : String(sipStatus), reason ?? ''].filter((part) => part !== '').join(' ');
}

/** What somebody typed, one on each line or with commas between. */
export function linesOf(text: string): readonly string[] {
  return text
    .split(/[\n,;]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Those of a country first, and of each in the order of their names. */
export function sortedPresets(presets: readonly TrunkPreset[], country: string | undefined): readonly TrunkPreset[] {
  const isHere = ({ countries }: TrunkPreset) => country !== undefined && countries.includes(country);
  return presets.toSorted((a, b) => Number(isHere(b)) - Number(isHere(a)) || a.name.localeCompare(b.name));
}
