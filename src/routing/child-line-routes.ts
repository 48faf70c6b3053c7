import { isoTime } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { isDeviceId } from '#base/ids.ts';
import {
  clearDeviceChildLine,
  clearPersonChildLine,
  listChildLines,
  setDeviceChildLine,
  setPersonChildLine,
} from '#contract/child-lines.ts';
import type { ChildLineReply } from '#contract/child-lines.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import type { LineHolder } from './child-line.ts';
import type { StoredChildLine } from './child-line-store.ts';
import type { ChildLineInput, ChildLines } from './child-lines.ts';
import type { RoutingHouse } from './routing-house.ts';

type Deps = { readonly lines: ChildLines; readonly house: Pick<RoutingHouse, 'devices' | 'people'> };

export function childLineRoutes({ lines, house }: Deps): readonly Route[] {
  const nameOf = (holder: LineHolder): string => {
    const found = isDeviceId(holder) ? house.devices.byId(holder) : house.people.all().find(({ id }) => id === holder);
    if (found === undefined) throw new AppError('not-found', `There is no such ${isDeviceId(holder) ? 'device' : 'person'}`);
    return found.name;
  };
  const describe = (line: StoredChildLine): ChildLineReply => {
    const { holder, changedAt, ...rest } = line;
    // The same data; replies are not typed as read-only.
    const wire = structuredClone(rest) as Omit<ChildLineReply, 'deviceId' | 'personId' | 'name' | 'problems' | 'changedAt'>;
    const isDevice = isDeviceId(holder);
    return {
      ...wire,
      deviceId: isDevice ? holder : null,
      personId: isDevice ? null : holder,
      name: nameOf(holder),
      problems: lines.problemsOf(line).map((one) => ({ ...one })),
      changedAt: isoTime(changedAt),
    };
  };
  const set = async (holder: LineHolder, given: ChildLineInput) => {
    nameOf(holder);
    return describe(await lines.set(holder, given));
  };
  const clear = async (holder: LineHolder) => {
    const name = nameOf(holder);
    if (!(await lines.clear(holder))) throw new AppError('not-found', `${name} is no child’s line`);
  };
  return [
    handle(listChildLines, () => ({ items: lines.all().map(describe) })),
    handle(setDeviceChildLine, ({ params: { id }, body }) => set(id, body)),
    handle(setPersonChildLine, ({ params: { id }, body }) => set(id, body)),
    handle(clearDeviceChildLine, ({ params: { id } }) => clear(id)),
    handle(clearPersonChildLine, ({ params: { id } }) => clear(id)),
  ];
}
