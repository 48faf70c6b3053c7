// Owns the states of the entities that somebody asks for, as Core last confirmed them.
// Called by the composition: routing decides by them, and says which it needs.
// Must stay true: Core is asked for the wanted entities alone; what it does not know is undefined, never a guess.
import { isRecord } from '#base/json.ts';
import type { Clock } from '#base/clock.ts';
import type { CoreConnection } from './core-connection.ts';

/** `at`: when Core last stood by it, in milliseconds since the Unix epoch: now, as long as the line is up. */
export type ConfirmedState = { readonly value: string; readonly at: number };

type Deps = { readonly core: CoreConnection; readonly clock: Clock };

/** `isLive`: the line on which it was heard is up, so that a change would have been heard too. */
type Heard = { readonly value: string; readonly isLive: boolean; readonly confirmedAt: number };

/** How exactly the time of a broken line is known. */
const beatMs = 10_000;

export class CoreStates {
  readonly #deps: Deps;
  readonly #heard = new Map<string, Heard>();
  readonly #stops: (() => void)[];
  #wanted: readonly string[] = [];
  #end: (() => void) | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
    const beat = deps.clock.every(beatMs, () => this.#beat());
    this.#stops = [() => beat.cancel(), deps.core.onConnected(() => this.#restarted())];
  }

  of(entityId: string): ConfirmedState | undefined {
    const heard = this.#heard.get(entityId);
    if (heard === undefined) return undefined;
    const { clock, core } = this.#deps;
    const age = heard.isLive && core.isConnected ? 0 : clock.monotonic() - heard.confirmedAt;
    return { value: heard.value, at: clock.now() - age };
  }

  /** The entities that are needed from now on; those of before are given up. */
  watch(entityIds: readonly string[]): void {
    const wanted = [...new Set(entityIds)].toSorted();
    if (wanted.join() === this.#wanted.join()) return;
    this.#wanted = wanted;
    this.#end?.();
    this.#end = undefined;
    for (const entityId of this.#heard.keys()) if (!wanted.includes(entityId)) this.#heard.delete(entityId);
    if (wanted.length === 0) return;
    const message = { type: 'subscribe_entities', entity_ids: wanted };
    this.#end = this.#deps.core.subscribe(message, (change) => this.#changed(change));
  }

  stop(): void {
    this.#end?.();
    for (const stop of this.#stops) stop();
  }

  #beat(): void {
    if (!this.#deps.core.isConnected) return;
    const confirmedAt = this.#deps.clock.monotonic();
    for (const [entityId, heard] of this.#heard) if (heard.isLive) this.#heard.set(entityId, { ...heard, confirmedAt });
  }

  /** What was heard before the line broke is no longer confirmed until it is heard again: a Core that starts knows nothing yet. */
  #restarted(): void {
    for (const [entityId, heard] of this.#heard) this.#heard.set(entityId, { ...heard, isLive: false });
  }

  /** Of `subscribe_entities`: `a` added, `c` changed, `r` removed. */
  #changed(change: unknown): void {
    if (!isRecord(change)) return;
    const { a: added, c: changed, r: removed } = change;
    for (const [entityId, state] of entriesOf(added)) if (!isRestored(state)) this.#set(entityId, state['s']);
    for (const [entityId, state] of entriesOf(changed)) if (isRecord(state['+'])) this.#set(entityId, state['+']['s']);
    for (const entityId of Array.isArray(removed) ? removed : []) this.#heard.delete(String(entityId));
  }

  #set(entityId: string, value: unknown): void {
    // A change of attributes alone has no state.
    const known = typeof value === 'string' ? value : this.#heard.get(entityId)?.value;
    if (known === undefined) return;
    this.#heard.set(entityId, { value: known, isLive: true, confirmedAt: this.#deps.clock.monotonic() });
  }
}

function entriesOf(value: unknown): readonly (readonly [string, Record<string, unknown>])[] {
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => (isRecord(inner) ? [[key, inner] as const] : []));
}

/** What Core says of an entity whose integration has not started yet: nothing. */
function isRestored({ s: value, a: attributes }: Record<string, unknown>): boolean {
  return value === 'unavailable' && isRecord(attributes) && attributes['restored'] === true;
}
