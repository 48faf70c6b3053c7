// Owns the routing rules of our numbers, in their order: in the database, and in memory where calls are decided.
// Called by their routes and by whoever gathers the facts of a call.
// Must stay true: memory has what the database has; what could never work is refused, what no longer works is shown and kept.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { Events } from '#base/events.ts';
import type { NewId, NumberId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { EscalationChain } from './escalation-chain.ts';
import type { RingGroup } from './ring-group.ts';
import { problemsOf, refusalsOf } from './route-problems.ts';
import type { RouteContext } from './route-problems.ts';
import type { Route, RouteId } from './route.ts';
import type { RouteStore } from './route-store.ts';
import type { RoutingHouse } from './routing-house.ts';
import type { RoutingSettings } from './routing-settings.ts';
import type { RoutingProblem } from './target-problems.ts';

export type RoutesDeps = {
  readonly store: RouteStore;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  readonly events: Events<Facts>;
  readonly house: RoutingHouse;
  readonly groups: () => readonly RingGroup[];
  readonly chains: () => readonly EscalationChain[];
  readonly settings: () => RoutingSettings;
};

export type RouteInput = Omit<Route, 'id' | 'createdAt'>;
export type RouteChange = Partial<Pick<Route, 'name' | 'isEnabled' | 'conditions' | 'action'>>;

/** A rule with its place, from 1 on, and what is wrong with it now. */
export type PlacedRoute = { readonly route: Route; readonly priority: number; readonly problems: readonly RoutingProblem[] };

/** Every call looks at all rules of its number. */
const maxPerNumber = 500;

export class Routes {
  readonly #deps: RoutesDeps;
  #byNumber: ReadonlyMap<NumberId, readonly Route[]>;

  constructor(deps: RoutesDeps) {
    this.#deps = deps;
    this.#byNumber = this.#load();
  }

  /** In the order in which they are looked at. */
  of(numberId: NumberId): readonly Route[] {
    return this.#byNumber.get(numberId) ?? [];
  }

  /** Of Home Assistant, whose states the rules that are switched on ask for; some more than once. */
  entityIds(): readonly string[] {
    const routes = [...this.#byNumber.values()].flat();
    return routes.flatMap(({ isEnabled, conditions }) => (isEnabled ? conditions.states.map(({ entityId }) => entityId) : []));
  }

  /** All, or those of one number; by number, then by place. */
  list(numberId: NumberId | undefined): readonly PlacedRoute[] {
    const numbers = numberId === undefined ? [...this.#byNumber.keys()] : [numberId];
    return numbers.filter((id) => this.#isOurs(id)).flatMap((id) => this.of(id).map((route) => this.#place(route)));
  }

  /** Throws `not-found`. */
  get(id: string): PlacedRoute {
    return this.#place(this.#route(id));
  }

  /** Throws `invalid` with the fields of what could never work, `conflict` where there are too many. */
  async create(input: RouteInput): Promise<PlacedRoute> {
    const { newId, clock, house } = this.#deps;
    if (house.numbers.byId(input.numberId) === undefined)
      throw invalid([{ field: 'numberId', message: 'is not one of our numbers' }]);
    const route: Route = { ...input, id: newId('route'), createdAt: clock.now() };
    this.#assertUseful(route, this.of(input.numberId));
    if (this.of(input.numberId).length >= maxPerNumber)
      throw new AppError(
        'conflict',
        `A number has at most ${maxPerNumber} rules`,
        because('limit-reached', { max: maxPerNumber }),
      );
    await this.#write(route.numberId, () => {
      const last = this.#load().get(route.numberId)?.length ?? 0;
      this.#deps.store.save(route, last + 1);
    });
    this.#deps.log.info({ route: route.id }, 'Routing rule added');
    return this.get(route.id);
  }

  /** Throws `not-found`, or `invalid` with the fields of what could never work. */
  async change(id: string, change: RouteChange): Promise<PlacedRoute> {
    const before = this.#route(id);
    const route: Route = { ...before, ...change };
    // What broke since may still be renamed, or switched off.
    if (change.action !== undefined || change.conditions !== undefined) this.#assertUseful(route, this.#earlier(before));
    await this.#write(route.numberId, () => {
      const place =
        this.#load()
          .get(route.numberId)
          ?.findIndex((one) => one.id === route.id) ?? -1;
      if (place < 0) throw notFound();
      this.#deps.store.save(route, place + 1);
    });
    this.#deps.log.info({ route: route.id }, 'Routing rule changed');
    return this.get(route.id);
  }

  /** Throws `not-found`. */
  async delete(id: string): Promise<void> {
    const route = this.#route(id);
    await this.#write(route.numberId, () => {
      this.#deps.store.delete(route.id);
      this.#number(this.#load().get(route.numberId) ?? []);
    });
    this.#deps.log.info({ route: route.id }, 'Routing rule removed');
  }

  /** Throws `conflict` where `ids` are not all rules of the number. */
  async reorder(numberId: NumberId, ids: readonly RouteId[]): Promise<readonly PlacedRoute[]> {
    await this.#write(numberId, () => {
      const rules = new Map(
        this.#load()
          .get(numberId)
          ?.map((route) => [route.id, route]),
      );
      const ordered = ids.flatMap((id) => rules.get(id) ?? []);
      if (new Set(ordered).size !== rules.size || ids.length !== rules.size) {
        const details = [{ field: 'ids', message: 'must list every rule of the number exactly once' }];
        throw new AppError('conflict', 'The rules of this number have changed: reload them', {
          details,
          ...because('rules-changed'),
        });
      }
      this.#number(ordered);
    });
    return this.list(numberId);
  }

  #number(routes: readonly Route[]): void {
    for (const [index, { id }] of routes.entries()) this.#deps.store.place(id, index + 1);
  }

  async #write(numberId: NumberId, run: () => void): Promise<void> {
    await this.#deps.writes.write(run);
    this.#byNumber = this.#load();
    this.#deps.events.emit('routes.changed', { numberId });
  }

  #load(): ReadonlyMap<NumberId, readonly Route[]> {
    return Map.groupBy(this.#deps.store.all(), ({ numberId }) => numberId);
  }

  #route(id: string): Route {
    for (const routes of this.#byNumber.values()) {
      const found = routes.find((route) => route.id === id);
      // Its number may have gone, and all its rules with it.
      if (found !== undefined && this.#isOurs(found.numberId)) return found;
    }
    throw notFound();
  }

  #isOurs(numberId: NumberId): boolean {
    return this.#deps.house.numbers.byId(numberId) !== undefined;
  }

  #place(route: Route): PlacedRoute {
    const earlier = this.#earlier(route);
    return { route, priority: earlier.length + 1, problems: problemsOf(route, this.#context(earlier)) };
  }

  #earlier({ id, numberId }: Route): readonly Route[] {
    const routes = this.of(numberId);
    return routes.slice(
      0,
      routes.findIndex((one) => one.id === id),
    );
  }

  #assertUseful(route: Route, earlier: readonly Route[]): void {
    const refusals = refusalsOf(route, this.#context(earlier));
    if (refusals.length > 0) throw invalid(refusals.map(({ field, message }) => ({ field, message })));
  }

  #context(earlier: readonly Route[]): RouteContext {
    const { house, groups, chains, settings, clock } = this.#deps;
    return { house, groups: groups(), chains: chains(), settings: settings(), now: clock.now(), earlier };
  }
}

function notFound(): AppError {
  return new AppError('not-found', 'There is no such routing rule');
}

function invalid(details: readonly { readonly field: string; readonly message: string }[]): AppError {
  return new AppError('invalid', 'The routing rule would not work', { details });
}
