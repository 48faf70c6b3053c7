import { isoTime, isoTimeOrNull } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { DeviceId } from '#base/ids.ts';
import { visiblePerson } from '#base/visible-person.ts';
import { handle } from '#contract/endpoint.ts';
import type { Identity, Route } from '#contract/endpoint.ts';
import { getTestCall, pingDevice, startTestCall, stopTestCall } from '#contract/test-calls.ts';
import type { Device } from '#devices/device.ts';
import type { Registration } from '#devices/registration.ts';
import type { DeviceLookup, RegistrationLookup } from './ports.ts';
import type { TestCall } from './test-call.ts';
import type { TestCalls } from './test-calls.ts';

type TestCallRoutesDeps = {
  readonly testCalls: TestCalls;
  readonly devices: Pick<DeviceLookup, 'byId'>;
  readonly registrations: RegistrationLookup;
  /** Milliseconds until it answered; undefined where it did not. */
  readonly ping: (registration: Registration) => Promise<number | undefined>;
};

/** A user may test their own phones. */
export function testCallRoutes({ testCalls, devices, registrations, ping }: TestCallRoutesDeps): readonly Route[] {
  const visible = (id: DeviceId, identity: Identity | undefined): Device => {
    const device = devices.byId(id);
    const person = visiblePerson(identity);
    if (device === undefined || (person !== undefined && device.personId !== person))
      throw new AppError('not-found', 'There is no such device');
    return device;
  };
  return [
    handle(startTestCall, async ({ params, identity }) => {
      const device = visible(params.id, identity);
      if (identity === undefined) throw new AppError('unauthorized', 'Sign in first');
      return toReply(await testCalls.start(device, { id: identity.id, personId: visiblePerson(identity) }));
    }),
    handle(getTestCall, ({ params, identity }) => orNull(testCalls.of(visible(params.id, identity).id))),
    handle(stopTestCall, ({ params, identity }) => orNull(testCalls.stop(visible(params.id, identity).id))),
    handle(pingDevice, async ({ params, identity }) => ({
      items: await Promise.all(
        registrations.of(visible(params.id, identity).id).map(async (registration) => ({
          registrationId: registration.id,
          milliseconds: (await ping(registration)) ?? null,
        })),
      ),
    })),
  ];
}

function orNull(test: TestCall | undefined) {
  return { testCall: test === undefined ? null : toReply(test) };
}

function toReply({ startedAt, ringingAt, answeredAt, endedAt, callId, result, sipStatus, address, ...rest }: TestCall) {
  return {
    ...rest,
    callId: callId ?? null,
    startedAt: isoTime(startedAt),
    ringingAt: isoTimeOrNull(ringingAt),
    answeredAt: isoTimeOrNull(answeredAt),
    endedAt: isoTimeOrNull(endedAt),
    result: result ?? null,
    sipStatus: sipStatus ?? null,
    address: address ?? null,
  };
}
