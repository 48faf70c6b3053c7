import { parseTime } from '#base/clock.ts';
import type { DeviceId, PersonId } from '#base/ids.ts';
import { visiblePerson } from '#base/visible-person.ts';
import type { CallDisposition } from '#contract/call-verdicts.ts';
import type { Identity } from '#contract/endpoint.ts';
import type { CallDirection } from './call.ts';
import type { CallFilter } from './call-scope.ts';

type CallQuery = {
  readonly number?: string | undefined;
  readonly device?: DeviceId | undefined;
  readonly person?: PersonId | undefined;
  readonly direction?: CallDirection | undefined;
  readonly disposition?: CallDisposition | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly text?: string | undefined;
};

/** What a request asks for, of what its sender may see. */
export function toCallFilter(query: CallQuery, identity: Identity | undefined): CallFilter {
  const { number, device, person, direction, disposition, from, to, text } = query;
  return {
    number,
    deviceId: device,
    personId: person,
    direction,
    disposition,
    text,
    visibleTo: visiblePerson(identity),
    from: parseTime(from),
    to: parseTime(to),
  };
}
