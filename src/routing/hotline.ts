import type { DeviceId } from '#base/ids.ts';
import type { Device } from '#devices/device.ts';
import { lineOfDevice } from './child-line.ts';
import type { ChildLineMap } from './child-line.ts';
import type { RingGroup, RingTarget } from './ring-group.ts';

export type HotlineTarget = Exclude<RingTarget, { kind: 'person' }>;

/** A phone that calls one target by itself. `nothing-dialled`: only where the handset is lifted and nothing is dialled. */
export type Hotline = {
  readonly deviceId: DeviceId;
  readonly target: HotlineTarget;
  readonly applies: 'always' | 'nothing-dialled';
};

/** What a hotline calls as the house is now. `number`: E.164, of ours or outside. */
export type HotlineCall = Pick<Hotline, 'applies'> & {
  readonly called:
    | { readonly kind: 'device'; readonly device: Device }
    | { readonly kind: 'group'; readonly group: RingGroup }
    | { readonly kind: 'number'; readonly number: string };
};

/** Children's lines with the targets of their phones' hotlines on the list: whoever set one wants it to be called. Pure. */
export function withHotlines(
  lines: ChildLineMap,
  hotlines: readonly Hotline[],
  ownerOf: (id: DeviceId) => Device['personId'],
): ChildLineMap {
  if (lines.size === 0 || hotlines.length === 0) return lines;
  const added = hotlines.flatMap(({ deviceId, target }) => {
    const line = lineOfDevice({ id: deviceId, personId: ownerOf(deviceId) }, lines);
    return line === undefined ? [] : [[deviceId, { ...line, allowed: [...line.allowed, target] }] as const];
  });
  return new Map([...lines, ...added]);
}
