import { isoTime, isoTimeOrNull } from '#base/clock.ts';
import { givenFields } from '#base/given-fields.ts';
import type { EndpointReply } from '#contract/endpoint.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import { answerInMemory } from '#contract/page.ts';
import {
  changeTrunk,
  checkTrunk,
  createTrunk,
  deleteTrunk,
  getTrunk,
  getTrunkOrder,
  listTrunkPresets,
  listTrunks,
  setTrunkOrder,
} from '#contract/trunks.ts';
import type { TrunkStateKind } from '#contract/trunk-words.ts';
import { trunkPresets } from './trunk-presets.ts';
import { twilioInOrder } from './trunk.ts';
import type { CheckStep } from './trunk-check.ts';
import type { Trunk, TrunkInput, TrunkSecrets } from './trunk.ts';
import type { TrunkChange, Trunks } from './trunks.ts';

/** How a trunk is now; times in milliseconds since the Unix epoch. */
export type TrunkStateNow = {
  readonly kind: TrunkStateKind;
  readonly since?: number | undefined;
  readonly sipStatus?: number | undefined;
  readonly reason?: string | undefined;
  readonly retryAt?: number | undefined;
};

export type TrunkRoutesDeps = {
  readonly trunks: Trunks;
  readonly stateOf: (trunk: Trunk) => TrunkStateNow;
  /** Tries settings that need not be kept. */
  readonly check: (trunk: TrunkInput, secrets: TrunkSecrets) => Promise<readonly CheckStep[]>;
  /** That of Twilio; undefined where it is not set up. */
  readonly twilio: () => { readonly state: TrunkStateNow; readonly direction: Trunk['direction'] } | undefined;
};

type Ordered = EndpointReply<typeof getTrunkOrder>['items'][number];
type Sorts = 'position' | 'createdAt' | 'name';

const sorts: Readonly<Record<Sorts, (trunks: readonly Trunk[]) => readonly Trunk[]>> = {
  position: (trunks) => trunks,
  createdAt: (trunks) => trunks.toSorted((a, b) => a.createdAt - b.createdAt),
  name: (trunks) => trunks.toSorted((a, b) => a.name.localeCompare(b.name)),
};

export function trunkRoutes(deps: TrunkRoutesDeps): readonly Route[] {
  const { trunks, stateOf, check } = deps;
  const toReply = (trunk: Trunk) => replyOf(trunk, hasPassword(trunks, trunk), stateOf(trunk));
  return [
    handle(listTrunks, ({ query }) => answerInMemory(query, sorts[query.sort](trunks.all()), toReply)),
    handle(createTrunk, async ({ body: { password, secretHeaderValue, ...rest } }) => {
      const secrets = { password: password ?? undefined, secretHeaderValue: secretHeaderValue ?? undefined };
      return toReply(await trunks.create(toInput(rest), secrets));
    }),
    handle(getTrunk, ({ params }) => toReply(trunks.get(params.id))),
    handle(changeTrunk, async ({ params, body }) => toReply(await trunks.change(params.id, toChange(body)))),
    handle(deleteTrunk, ({ params }) => trunks.delete(params.id)),
    handle(getTrunkOrder, () => ({ items: inOrder(deps) })),
    handle(setTrunkOrder, async ({ body }) => {
      await trunks.setOrder(body.ids);
      return { items: inOrder(deps) };
    }),
    handle(checkTrunk, async ({ body: { id, password, secretHeaderValue: _unused, ...rest } }) => {
      const wanted = toInput(rest);
      const secrets = { password: password ?? (id === undefined ? undefined : trunks.passwordFor(id, wanted)) };
      return { steps: [...(await check(wanted, secrets))] };
    }),
    handle(listTrunkPresets, () => ({ items: structuredClone([...trunkPresets]) })),
  ];
}

function inOrder({ trunks, stateOf, twilio }: TrunkRoutesDeps): Ordered[] {
  return trunks.order().flatMap((id): Ordered[] => {
    if (id === twilioInOrder) {
      const found = twilio();
      if (found === undefined) return [];
      const { state, direction } = found;
      return [{ id, name: 'Twilio', preset: 'twilio', enabled: true, direction, numbers: [], state: stateReply(state) }];
    }
    const trunk = trunks.get(id);
    const { name, preset, isEnabled: enabled, direction, numbers } = trunk;
    return [{ id, name, preset, enabled, direction, numbers: [...numbers], state: stateReply(stateOf(trunk)) }];
  });
}

function hasPassword(trunks: Trunks, { id }: Trunk): boolean {
  const secrets = trunks.secretsOf(id);
  return secrets !== 'locked' && secrets.password !== undefined;
}

type Fields = Omit<EndpointReply<typeof getTrunk>, 'id' | 'hasPassword' | 'state' | 'createdAt'>;

/** Null means that there is none. */
export function toInput(fields: Omit<Fields, 'name'> & { readonly name?: string }): TrunkInput {
  const { enabled, register, secure, name = '', ...rest } = fields;
  const { port, proxy, domain, username, authUsername, secretHeaderName, keepAliveSeconds } = rest;
  return {
    ...rest,
    name,
    isEnabled: enabled,
    registers: register,
    isSecure: secure,
    port: port ?? undefined,
    proxy: proxy ?? undefined,
    domain: domain ?? undefined,
    username: username ?? undefined,
    authUsername: authUsername ?? undefined,
    secretHeaderName: secretHeaderName ?? undefined,
    keepAliveSeconds: keepAliveSeconds ?? undefined,
  };
}

type GivenChange = { readonly [Name in keyof Fields]?: Fields[Name] | undefined } & {
  readonly password?: string | null | undefined;
  readonly secretHeaderValue?: string | null | undefined;
};

/** Only what is given; null takes away. */
function toChange({ enabled, register, secure, password, secretHeaderValue, ...rest }: GivenChange): TrunkChange {
  const given = Object.entries(givenFields<object>(rest)).map(([field, value]) => [field, value ?? undefined]);
  return {
    ...(Object.fromEntries(given) as Partial<TrunkInput>),
    ...(enabled === undefined ? {} : { isEnabled: enabled }),
    ...(register === undefined ? {} : { registers: register }),
    ...(secure === undefined ? {} : { isSecure: secure }),
    ...(password === undefined ? {} : { password }),
    ...(secretHeaderValue === undefined ? {} : { secretHeaderValue }),
  };
}

function replyOf(trunk: Trunk, isPasswordKnown: boolean, state: TrunkStateNow): EndpointReply<typeof getTrunk> {
  return {
    id: trunk.id,
    name: trunk.name,
    preset: trunk.preset,
    enabled: trunk.isEnabled,
    direction: trunk.direction,
    host: trunk.host,
    port: trunk.port ?? null,
    transport: trunk.transport,
    proxy: trunk.proxy ?? null,
    domain: trunk.domain ?? null,
    username: trunk.username ?? null,
    authUsername: trunk.authUsername ?? null,
    hasPassword: isPasswordKnown,
    register: trunk.registers,
    allow: [...trunk.allow],
    secretHeaderName: trunk.secretHeaderName ?? null,
    numbers: [...trunk.numbers],
    calledForm: trunk.calledForm,
    callerForm: trunk.callerForm,
    callerIn: trunk.callerIn,
    secure: trunk.isSecure,
    keepAliveSeconds: trunk.keepAliveSeconds ?? null,
    state: stateReply(state),
    createdAt: isoTime(trunk.createdAt),
  };
}

function stateReply({ kind, since, sipStatus, reason, retryAt }: TrunkStateNow) {
  return {
    kind,
    since: isoTimeOrNull(since),
    sipStatus: sipStatus ?? null,
    reason: reason ?? null,
    retryAt: isoTimeOrNull(retryAt),
  };
}
