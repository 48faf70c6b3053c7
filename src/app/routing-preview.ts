// Composes the preview of routing: what a call that is imagined would be decided by.
// Called by app.ts, after calls, which gather the facts.
// Must stay true: it differs from a real call in nothing but who calls and when.
import { AppError } from '#base/errors.ts';
import type { HouseCall, HouseCaller } from '#calls/house-call.ts';
import type { Device } from '#devices/device.ts';
import type { Numbers } from '#numbers/numbers.ts';
import { previewRoutes } from '#routing/preview-routes.ts';
import type { GatherPreview } from '#routing/preview-routes.ts';
import type { CallsRoom } from './calls.ts';
import type { AppContext, RoomFace } from './context.ts';
import type { DevicesRoom } from './devices.ts';
import { faceOf } from './face.ts';
import { numberReader } from './read-number.ts';
import type { RoutingRoom } from './routing.ts';

type PreviewDeps = AppContext & {
  readonly calls: Pick<CallsRoom, 'gatherFacts'>;
  readonly devices: DevicesRoom['devices'];
  readonly numbers: Numbers;
  readonly routing: Pick<RoutingRoom, 'groups'>;
  /** Whether the telephone network can hand us calls now. */
  readonly isReachable: () => boolean;
};

export function composeRoutingPreview({ options, clock, calls, isReachable, ...rooms }: PreviewDeps): { face: RoomFace } {
  const read = numberReader(options.house.country);
  const gather: GatherPreview = ({ caller, called }, at) => {
    const isInternal = 'deviceId' in caller;
    const from = isInternal ? deviceCaller(rooms.devices.byId(caller.deviceId)) : outsideCaller(caller, read);
    const via = isInternal ? 'internal' : 'webhook';
    return calls.gatherFacts(
      { called: calledBy(called, read, rooms), caller: from, via, isReachable: isReachable(), isFull: false },
      at,
    );
  };
  return { face: faceOf({ routes: previewRoutes(clock, gather) }) };
}

type Rooms = Pick<PreviewDeps, 'devices' | 'numbers' | 'routing'>;

function calledBy(
  text: string,
  read: (text: string) => string | undefined,
  { devices, numbers, routing }: Rooms,
): HouseCall['called'] {
  const number = numbers.byNumber(read(text) ?? text);
  if (number !== undefined) return { kind: 'number', number };
  const device = devices.byExtension(text);
  if (device !== undefined) return { kind: 'device', device };
  const group = routing.groups.byExtension(text);
  if (group !== undefined) return { kind: 'group', group };
  throw invalid('called', 'is neither one of our numbers nor an extension');
}

function deviceCaller(device: Device | undefined): HouseCaller {
  if (device === undefined) throw invalid('caller.deviceId', 'is not a phone of this house');
  const { id, personId, extension, name } = device;
  return { kind: 'device', deviceId: id, personId, number: extension, isWithheld: false, name, spamScore: undefined };
}

function outsideCaller(
  { number, spamScore }: { readonly number: string | null; readonly spamScore?: number | undefined },
  read: (text: string) => string | undefined,
): HouseCaller {
  const e164 = number === null ? undefined : read(number);
  if (number !== null && e164 === undefined) throw invalid('caller.number', 'is not a phone number');
  const nobody = { deviceId: undefined, personId: undefined, name: '' };
  return { kind: 'outside', ...nobody, number: e164, isWithheld: number === null, spamScore };
}

function invalid(field: string, message: string): AppError {
  return new AppError('invalid', 'This call cannot be previewed', { details: [{ field, message }] });
}
