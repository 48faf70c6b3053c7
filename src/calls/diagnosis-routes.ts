import { AppError } from '#base/errors.ts';
import type { CallId, DeviceId } from '#base/ids.ts';
import type { Identity, Route } from '#contract/endpoint.ts';
import { handle } from '#contract/endpoint.ts';
import { diagnoseCall as diagnoseCallEndpoint, diagnosePhone as diagnosePhoneEndpoint } from '#contract/diagnosis.ts';
import { describeFault } from '#devices/describe-fault.ts';
import { describeOffline } from '#devices/describe-offline.ts';
import type { Device } from '#devices/device.ts';
import type { SeenFault } from '#devices/device-faults.ts';
import type { Offline } from '#devices/registrations.ts';
import type { LegOutcome } from './call.ts';
import { maySeeCall } from './call-routes.ts';
import type { CdrStore } from './cdr-store.ts';
import { diagnosePhone } from './diagnose-phone.ts';
import type { PhoneFacts } from './diagnose-phone.ts';
import { diagnoseCall } from './diagnosis.ts';
import type { Diagnosis, HouseNow, Mending } from './diagnosis-facts.ts';

export type DiagnosisRoutesDeps = {
  readonly store: Pick<CdrStore, 'get' | 'legsOf'>;
  readonly deviceOf: (id: DeviceId) => Device | undefined;
  readonly house: HouseNow;
  readonly phoneFacts: (device: Device) => PhoneFacts;
  /** Since when a phone is offline and why, as far as that is known, and what it last did wrong. */
  readonly absence: (id: DeviceId) => { readonly offline: Offline | undefined; readonly fault: SeenFault | undefined };
  /** Asks a phone whether it is there; what is known of it afterwards is of now. */
  readonly ask: (id: DeviceId) => Promise<void>;
  /** Whose an entry of the blocklist is; undefined where it is the house's. */
  readonly ownerOfEntry: (id: string) => string | undefined;
};

/** A user asks for their own calls and phones alone. */
export function diagnosisRoutes(deps: DiagnosisRoutesDeps): readonly Route[] {
  const { store, house } = deps;
  return [
    handle(diagnoseCallEndpoint, async ({ params, identity }) => {
      const record = store.get(params.id as CallId);
      const legs = store.legsOf(params.id as CallId);
      if (record === undefined || !maySeeCall(legs, identity)) throw new AppError('not-found', 'There is no such call record');
      const away = legs.flatMap(({ outcome, deviceId }) => (isAway(outcome) && deviceId !== undefined ? [deviceId] : []));
      await Promise.all(away.map((id) => deps.ask(id)));
      const found = diagnoseCall({ record, legs, house });
      return { ...toReply(found, identity, deps), offline: describeAway(away, identity, deps) };
    }),
    handle(diagnosePhoneEndpoint, async ({ params, identity }) => {
      const device = deps.deviceOf(params.id as DeviceId);
      if (device === undefined || !maySeePhone(device, identity)) throw new AppError('not-found', 'There is no such device');
      await deps.ask(device.id);
      const found = diagnosePhone(deps.phoneFacts(device));
      return { ...toReply(found, identity, deps), offline: describeAway([device.id], identity, deps) };
    }),
  ];
}

type Asking = Identity | undefined;

function maySeePhone({ personId }: Device, identity: Asking): boolean {
  return identity?.role === 'admin' || (identity?.personId !== undefined && personId === identity.personId);
}

function isAway(outcome: LegOutcome | undefined): boolean {
  return outcome === 'offline' || outcome === 'unreachable';
}

/** Those that are to be there and are not, each once. */
function describeAway(ids: readonly DeviceId[], identity: Asking, deps: DiagnosisRoutesDeps) {
  return [...new Set(ids)].flatMap((id) => {
    const device = deps.deviceOf(id);
    if (device === undefined || !device.enabled || !maySeePhone(device, identity)) return [];
    const state = deps.house.device(id)?.state ?? 'online';
    if (state === 'online') return [];
    const { offline, fault } = deps.absence(id);
    const { name, username } = device;
    return [{ deviceId: id, name, username, state, offline: describeOffline(offline), fault: describeFault(fault) }];
  });
}

function toReply({ cause, isMended, mendings, phones }: Diagnosis, identity: Asking, deps: DiagnosisRoutesDeps) {
  return {
    cause: { code: cause.code, names: [...cause.names], values: { ...cause.values } },
    isMended,
    mendings: mendings.map((one) => ({ code: one.code, values: { ...one.values }, mayDo: mayDo(one, identity, deps) })),
    phones: phones.map(({ deviceId, name, outcome, rangSeconds }) => ({
      deviceId: deviceId ?? null,
      name,
      outcome: outcome ?? null,
      rangSeconds: rangSeconds ?? null,
    })),
  };
}

/** What a user may do is about their own things. */
function mayDo({ code, values }: Mending, identity: Asking, deps: DiagnosisRoutesDeps): boolean {
  if (identity?.role === 'admin') return true;
  const own = identity?.personId;
  if (own === undefined) return false;
  const isOwnPhone = (id: unknown) => deps.deviceOf(id as DeviceId)?.personId === own;
  if (code === 'dnd-off') return values['of'] === 'person' ? values['id'] === own : isOwnPhone(values['id']);
  if (code === 'unblock') return deps.ownerOfEntry(String(values['entryId'])) === own;
  return code === 'add-contact' || (code === 'open-phone' && isOwnPhone(values['deviceId']));
}
