// Composes the trunks of providers: what is kept of them, and what SIP makes of it.
// Called by app.ts before calls, and followed once SIP is there.
// Must stay true: a trunk is used exactly as it is kept, and one that changes ends no call.
import type { TrunkId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Numbers } from '#numbers/numbers.ts';
import type { Sip } from '#sip/sip.ts';
import type { OutboundRoute, TrunkSettings } from '#sip/trunk/settings.ts';
import type { SealedSecrets } from '#storage/sealed-secrets.ts';
import { trunkName as twilioName } from '#twilio/api/settings.ts';
import { trunkRoutes } from '#trunks/trunk-routes.ts';
import type { TrunkStateNow } from '#trunks/trunk-routes.ts';
import { TrunkStore } from '#trunks/trunk-store.ts';
import { twilioInOrder } from '#trunks/trunk.ts';
import type { Trunk, TrunkSecrets } from '#trunks/trunk.ts';
import { Trunks } from '#trunks/trunks.ts';
import type { AppContext, RoomFace, Storage } from './context.ts';
import { faceOf } from './face.ts';
import type { SipEngineHandle } from './sip-engine.ts';
import { composeTrunkChecks } from './trunk-check.ts';
import type { TrunkChecks } from './trunk-check.ts';

type TrunksDeps = AppContext & {
  readonly storage: Pick<Storage, 'db' | 'writes'>;
  readonly secrets: SealedSecrets;
  readonly numbers: Pick<Numbers, 'addMissing'>;
  /** Where Twilio's is set up: which calls it is for. */
  readonly twilioDirection: () => Trunk['direction'] | undefined;
  readonly engine: Pick<SipEngineHandle, 'trustTrunk'>;
  /** Asked once SIP is there. */
  readonly sip: () => Pick<Sip, 'setTrunk' | 'setTrunkOrder' | 'trunkStates' | 'askTrunk'>;
};

export type TrunksRoom = {
  readonly trunks: Trunks;
  /** Of a trunk, by its id, also of Twilio's. Throws `not-found`. */
  readonly nameOf: (id: string) => string;
  /** What SIP begins with. */
  readonly settings: readonly TrunkSettings[];
  /** The status of a trunk of this name has changed. */
  readonly onStatus: (name: string) => void;
  readonly hasBadCertificate: TrunkChecks['hasBadCertificate'];
  /** From now on SIP follows what is kept. */
  readonly follow: () => void;
  readonly face: RoomFace;
};

export function composeTrunks({ storage: { db, writes }, secrets, numbers, engine, sip, ...context }: TrunksDeps): TrunksRoom {
  const { clock, newId, events, options, stack } = context;
  const log = context.log.child({ room: 'trunks' });
  const addNumbers = (list: readonly string[]) => numbers.addMissing(list);
  const trunks = new Trunks({ store: new TrunkStore(db), secrets, writes, clock, newId, log, addNumbers });
  const settingsOf = (trunk: Trunk) => settingsFor(trunks, trunk, options.house.country);
  const statusOf = (name: string) =>
    sip()
      .trunkStates()
      .find((one) => one.name === name)?.status;
  const applied = new Map(trunks.all().map(({ id, name }) => [id, name]));
  const idOf = (name: string) => (name === twilioName ? twilioInOrder : [...applied].find(([, one]) => one === name)?.[0]);
  const checks = composeTrunkChecks({ clock, sipOptions: options.sip, sip });
  return {
    trunks,
    nameOf: (id) => (id === twilioInOrder ? twilioName : trunks.get(id).name),
    hasBadCertificate: checks.hasBadCertificate,
    settings: trunks.all().flatMap((trunk) => settingsOf(trunk) ?? []),
    onStatus: (name) => {
      const trunkId = idOf(name);
      if (trunkId !== undefined) events.emit('trunk.changed', { trunkId });
    },
    follow: () => {
      for (const trunk of trunks.all()) engine.trustTrunk(trunk.id, settingsOf(trunk)?.allow ?? []);
      const applier = new TrunkApplier({ trunks, settingsOf, applied, engine, sip: sip(), log });
      applier.order();
      stack.defer(
        trunks.onChange((id) => {
          applier.apply(id);
          for (const trunkId of id === undefined ? trunks.order() : [id]) events.emit('trunk.changed', { trunkId });
        }),
      );
    },
    face: faceOf({
      routes: trunkRoutes({
        trunks,
        check: (trunk, given) => checks.check(trunkSettings(trunk, given, options.house.country)),
        stateOf: (trunk) => stateOf(trunk, { isLocked: trunks.secretsOf(trunk.id) === 'locked', status: statusOf(trunk.name) }),
        twilio: () => {
          const direction = context.twilioDirection();
          return direction === undefined ? undefined : { direction, state: statusOf(twilioName) ?? { kind: 'off' } };
        },
      }),
    }),
  };
}

type ApplierDeps = {
  readonly trunks: Trunks;
  readonly settingsOf: (trunk: Trunk) => TrunkSettings | undefined;
  /** The name by which SIP knows each. */
  readonly applied: Map<TrunkId, string>;
  readonly engine: Pick<SipEngineHandle, 'trustTrunk'>;
  readonly sip: Pick<Sip, 'setTrunk' | 'setTrunkOrder'>;
  readonly log: Log;
};

/** Brings what is kept to SIP, one change after the other: a registration is given up before the next one is made. */
class TrunkApplier {
  readonly #deps: ApplierDeps;
  #work: Promise<void> = Promise.resolve();

  constructor(deps: ApplierDeps) {
    this.#deps = deps;
  }

  order(): void {
    const { trunks, sip } = this.#deps;
    sip.setTrunkOrder(trunks.order().map((id) => trunks.byId(id)?.name ?? twilioName));
  }

  apply(id: TrunkId | undefined): void {
    this.order();
    if (id === undefined) return;
    const { log } = this.#deps;
    this.#work = this.#work
      .then(() => this.#set(id))
      .catch((error: unknown) => log.error({ err: error, trunk: id }, 'Trunk not applied'));
  }

  async #set(id: TrunkId): Promise<void> {
    const { trunks, settingsOf, applied, engine, sip } = this.#deps;
    const trunk = trunks.byId(id);
    const before = applied.get(id);
    const settings = trunk === undefined ? undefined : settingsOf(trunk);
    if (trunk === undefined) applied.delete(id);
    else applied.set(id, trunk.name);
    engine.trustTrunk(id, settings?.allow ?? []);
    const name = trunk?.name ?? before;
    if (name === undefined) return;
    await sip.setTrunk(name, settings, before === name ? undefined : before);
  }
}

/** Undefined for one that is switched off, or whose password cannot be opened. */
function settingsFor(trunks: Trunks, trunk: Trunk, country: string): TrunkSettings | undefined {
  const secrets = trunks.secretsOf(trunk.id);
  return trunk.isEnabled && secrets !== 'locked' ? trunkSettings(trunk, secrets, country) : undefined;
}

/** A trunk as SIP wants it. */
export function trunkSettings(
  trunk: Omit<Trunk, 'id' | 'createdAt'>,
  { password, secretHeaderValue: value }: TrunkSecrets,
  country: string,
): TrunkSettings {
  const { name, host, port, proxy, transport, username, authUsername, domain, registers, keepAliveSeconds, allow } = trunk;
  const { numbers, isSecure, secretHeaderName } = trunk;
  return {
    name,
    host,
    transport,
    register: registers,
    allow,
    numbers,
    isSecure,
    takesCalls: trunk.direction !== 'outgoing',
    outboundRoute: outboundRouteOf(trunk),
    calledForm: { form: trunk.calledForm, country },
    callerForm: { form: trunk.callerForm, country },
    ...(port === undefined ? {} : { port }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(authUsername === undefined ? {} : { authUsername }),
    ...(domain === undefined ? {} : { domain }),
    ...(secretHeaderName === undefined || value === undefined ? {} : { secretHeader: { name: secretHeaderName, value } }),
    ...(keepAliveSeconds === undefined ? {} : { [registers ? 'keepAliveSeconds' : 'probeSeconds']: keepAliveSeconds }),
  };
}

const headerOfPlace = { asserted: 'P-Asserted-Identity', preferred: 'P-Preferred-Identity', 'remote-party': 'Remote-Party-ID' };

function outboundRouteOf({
  direction,
  callerIn,
  host,
  domain,
  username,
}: Pick<Trunk, 'direction' | 'callerIn' | 'host' | 'domain' | 'username'>): OutboundRoute {
  if (direction === 'incoming') return { kind: 'none' };
  // A provider with accounts wants its own domain in From.
  if (callerIn === 'from') return { kind: 'number', host, ...(username === undefined ? {} : { fromHost: domain ?? host }) };
  if (callerIn === 'account') return { kind: 'account', host };
  return { kind: 'account', host, fromHeader: headerOfPlace[callerIn], isAddress: true };
}

type SeenState = { readonly isLocked: boolean; readonly status: TrunkStateNow | undefined };

function stateOf({ isEnabled }: Trunk, { isLocked, status }: SeenState): TrunkStateNow {
  if (!isEnabled) return { kind: 'off' };
  if (isLocked) return { kind: 'locked' };
  return status ?? { kind: 'registering' };
}
