import type { Device } from '#devices/device.ts';
import { isLineQuiet, lineOfDevice } from './child-line.ts';
import type { ChildLineMap } from './child-line.ts';
import type { RoutingSettings } from './routing-settings.ts';
import { zoneTime } from './zone-time.ts';

type QuietFacts = {
  readonly childLines: ChildLineMap;
  readonly settings: Pick<RoutingSettings, 'timeZone' | 'holidays'>;
  readonly now: number;
};

/** Whether it is quiet hours for a phone, whoever would call. */
export function isQuietHours(device: Pick<Device, 'id' | 'personId'>, { childLines, settings, now }: QuietFacts): boolean {
  const line = lineOfDevice(device, childLines);
  const zone = (timeZone: string = settings.timeZone) => zoneTime(now, timeZone);
  return line !== undefined && isLineQuiet(line, { zone, holidays: new Set(settings.holidays) });
}
