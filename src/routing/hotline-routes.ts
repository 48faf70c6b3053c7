import { isoTime } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { DeviceId } from '#base/ids.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import { clearHotline, listHotlines, setHotline } from '#contract/hotlines.ts';
import type { HotlineReply } from '#contract/hotlines.ts';
import type { StoredHotline } from './hotline-store.ts';
import type { Hotlines } from './hotlines.ts';
import type { RoutingHouse } from './routing-house.ts';

type Deps = { readonly hotlines: Hotlines; readonly house: Pick<RoutingHouse, 'devices'> };

export function hotlineRoutes({ hotlines, house }: Deps): readonly Route[] {
  const nameOf = (id: DeviceId): string => {
    const device = house.devices.byId(id);
    if (device === undefined) throw new AppError('not-found', 'There is no such device');
    return device.name;
  };
  const describe = (hotline: StoredHotline): HotlineReply => {
    const { deviceId, target, applies, changedAt } = hotline;
    const problems = hotlines.problemsOf(hotline).map((one) => ({ ...one }));
    return { deviceId, name: nameOf(deviceId), target: { ...target }, applies, problems, changedAt: isoTime(changedAt) };
  };
  return [
    handle(listHotlines, () => ({ items: hotlines.all().map(describe) })),
    handle(setHotline, async ({ params: { id: deviceId }, body }) => {
      nameOf(deviceId);
      return describe(await hotlines.set({ deviceId, ...body }));
    }),
    handle(clearHotline, async ({ params: { id } }) => {
      const name = nameOf(id);
      if (!(await hotlines.clear(id))) throw new AppError('not-found', `${name} has no hotline`);
    }),
  ];
}
