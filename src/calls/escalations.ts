// Owns the escalations: alarms that go along a chain of people until exactly one takes it.
// Called by its routes and by whoever wants to know what goes on; acts through an EscalationCaller.
// Must stay true: one request starts one, whatever is repeated; each goes on where it was after a kill; none blocks an emergency call.
import { AppError } from '#base/errors.ts';
import type { EscalationChainId, EscalationId, NewId, PersonId } from '#base/ids.ts';
import type { Listed, ListRequest } from '#contract/page.ts';
import type { EscalationChain } from '#routing/escalation-chain.ts';
import { calleesOf } from './escalation-callees.ts';
import type { CalleeSources } from './escalation-callees.ts';
import type { Escalation, EscalationFacts, EscalationMessage, EscalationPlan, EscalationState, Taker } from './escalation.ts';
import { EscalationRun } from './escalation-run.ts';
import type { EscalationRunDeps } from './escalation-run.ts';
import { beginEscalation, isOpen, isTakeable, unbegun } from './escalation-state.ts';
import type { EscalationFilter, EscalationStore } from './escalation-store.ts';

export type EscalationsDeps = Omit<EscalationRunDeps, 'facts' | 'save'> & {
  readonly store: Pick<EscalationStore, 'save' | 'byId' | 'byKey' | 'current' | 'personsOf' | 'find'>;
  readonly newId: NewId;
  readonly chainOf: (id: EscalationChainId) => EscalationChain | undefined;
  readonly callees: CalleeSources;
};

export type EscalationInput = {
  readonly chainId: EscalationChainId;
  /** A text without a language is in the house's. */
  readonly message: EscalationMessage | { readonly kind: 'text'; readonly text: string; readonly language?: string | undefined };
  readonly idempotencyKey?: string | undefined;
};

/** Of one chain, so that a machine that starts one after the other does not ring without end. */
const maxOpen = 5;

export class Escalations {
  readonly #deps: EscalationsDeps;
  /** Those that somebody is asked to take, or whose end administrators are to see. */
  readonly #runs = new Map<EscalationId, EscalationRun>();

  constructor(deps: EscalationsDeps) {
    this.#deps = deps;
  }

  /** Goes on with those that a stop interrupted. */
  start(): void {
    for (const escalation of this.#load()) {
      if (!isCurrent(escalation.state, escalation.plan)) continue;
      const run = this.#run(escalation, escalation.state);
      if (isOpen(escalation.state)) this.#deps.log.warn({ escalation: escalation.id }, 'An interrupted escalation goes on');
      run.dispatch({ kind: 'resume' });
    }
  }

  /** They go on at the next start. */
  stop(): void {
    for (const run of this.#runs.values()) run.stop();
  }

  /** Those that go on, and those that nobody took and an administrator is to see; the oldest first. */
  current(): readonly Escalation[] {
    return [...this.#runs.values()].map(({ escalation }) => escalation).filter(({ state }) => isTakeable(state));
  }

  /** Throws `invalid` for a chain that is not there, `conflict` where the key was used for something else, `rate-limited`. */
  begin({ message: given, ...input }: EscalationInput): Escalation {
    const message = given.kind === 'text' ? { ...given, language: given.language ?? this.#deps.language } : given;
    const before = this.#byKey(input.idempotencyKey);
    if (before !== undefined) return assertSame(before, { chainId: input.chainId, message });
    const chain = this.#deps.chainOf(input.chainId);
    if (chain === undefined) throw noSuchChain();
    this.#assertNotTooMany(chain);
    const { newId, clock } = this.#deps;
    const { id: chainId, createdAt: _, ...plan } = chain;
    const { idempotencyKey } = input;
    const begun = { id: newId('esc'), chainId, plan, message, idempotencyKey, startedAt: clock.now(), state: unbegun };
    return this.#begin(begun);
  }

  /** One that the house begins by itself, with no chain of an administrator's; none where one of this name goes on. */
  beginPlan(plan: EscalationPlan, message: EscalationMessage): Escalation | undefined {
    const open = this.current().filter(({ chainId, state }) => chainId === undefined && isOpen(state));
    if (open.length >= maxOpen || open.some((one) => one.plan.name === plan.name)) return undefined;
    const { newId, clock } = this.#deps;
    const own = { chainId: undefined, idempotencyKey: undefined, startedAt: clock.now(), state: unbegun };
    return this.#begin({ ...own, id: newId('esc'), plan, message });
  }

  #assertNotTooMany({ id }: EscalationChain): void {
    const open = this.current().filter(({ chainId, state }) => chainId === id && isOpen(state));
    if (open.length < maxOpen) return;
    const message = `${maxOpen} escalations of this chain go on already: take or cancel one`;
    throw new AppError('rate-limited', message, { retryAfterSeconds: 30 });
  }

  #begin(begun: Escalation): Escalation {
    const { state, actions } = beginEscalation(begun.plan, this.#facts(begun));
    const { id, chainId: chain, plan } = begun;
    this.#deps.log.warn({ escalation: id, chain, name: plan.name }, 'An escalation began');
    const run = this.#run({ ...begun, state }, undefined);
    run.begin(actions);
    return run.escalation;
  }

  /** Throws `not-found`; also for a person whom it may not ask. */
  get(id: string, visibleTo?: PersonId): Escalation {
    const found = this.#runs.get(id as EscalationId)?.escalation ?? this.#deps.store.byId(id);
    if (found === undefined || (visibleTo !== undefined && !this.personsOf(found.id).includes(visibleTo)))
      throw new AppError('not-found', 'There is no such escalation');
    return found;
  }

  list(filter: EscalationFilter, page: Pick<ListRequest, 'limit' | 'offset' | 'order'>): Listed<Escalation> {
    return this.#deps.store.find(filter, page);
  }

  /** Whom it may ask. */
  personsOf(id: EscalationId): readonly PersonId[] {
    const run = this.#runs.get(id);
    return run === undefined ? this.#deps.store.personsOf(id) : this.#personsIn(run.escalation);
  }

  /** Throws `conflict` where somebody has taken it already, or it was cancelled. */
  take({ id }: Escalation, by: Pick<Taker, 'personId' | 'name'>): Escalation {
    const run = this.#takeable(id);
    run.dispatch({ kind: 'take', taker: { ...by, by: 'api', at: this.#deps.clock.now() } });
    return run.escalation;
  }

  /** Throws `conflict` where it is over. */
  cancel({ id }: Escalation): Escalation {
    const run = this.#takeable(id);
    run.dispatch({ kind: 'cancel' });
    return run.escalation;
  }

  #takeable(id: EscalationId): EscalationRun {
    const escalation = this.get(id);
    const { state } = escalation;
    if (isTakeable(state)) return this.#runs.get(id) ?? this.#run(escalation, state);
    const who = state.taker?.name || 'Somebody';
    throw new AppError('conflict', state.phase === 'cancelled' ? 'It was cancelled' : `${who} has taken it already`);
  }

  #run(escalation: Escalation, stored: EscalationState | undefined): EscalationRun {
    const save: EscalationRunDeps['save'] = (one, before) => {
      this.#deps.store.save(one, this.#personsIn(one), before);
      if (!isCurrent(one.state, one.plan)) this.#runs.delete(one.id);
    };
    const run = new EscalationRun({ ...this.#deps, save, facts: (one) => this.#facts(one) }, escalation, stored);
    this.#runs.set(escalation.id, run);
    return run;
  }

  #facts({ plan: { ignoresDnd } }: Escalation): EscalationFacts {
    const { clock, newId, callees } = this.#deps;
    const now = clock.now();
    return { now, newLegId: () => newId('escleg'), calleesOf: (target) => calleesOf(target, callees, { now, ignoresDnd }) };
  }

  #personsIn({ plan }: Escalation): readonly PersonId[] {
    const { devices } = this.#deps.callees;
    const targets = plan.steps.flatMap((step) => step.targets);
    const persons = targets.flatMap((target) => {
      if (target.kind === 'person') return [target.id];
      return target.kind === 'device' ? (devices.byId(target.id)?.personId ?? []) : [];
    });
    return [...new Set(persons)];
  }

  #byKey(key: string | undefined): Escalation | undefined {
    if (key === undefined) return undefined;
    const running = [...this.#runs.values()].find(({ escalation }) => escalation.idempotencyKey === key);
    return running?.escalation ?? this.#deps.store.byKey(key);
  }

  /** A damaged file must not keep the house from starting. */
  #load(): readonly Escalation[] {
    try {
      return this.#deps.store.current();
    } catch (error) {
      this.#deps.log.error({ err: error }, 'Escalations of before cannot be read');
      return [];
    }
  }
}

/** Somebody is asked or may yet take it, or its end was not reported. */
function isCurrent(state: EscalationState, { ifNobody }: EscalationPlan): boolean {
  if (!state.isReported) return true;
  return state.phase === 'exhausted' && ifNobody === 'alert';
}

function noSuchChain(): AppError {
  const details = [{ field: 'chainId', message: 'is no escalation chain' }];
  return new AppError('invalid', 'The escalation cannot begin', { details });
}

function assertSame(before: Escalation, { chainId, message }: Pick<Escalation, 'chainId' | 'message'>): Escalation {
  const isSame = before.chainId === chainId && JSON.stringify(before.message) === JSON.stringify(message);
  if (isSame) return before;
  const details = [{ field: 'idempotencyKey', message: 'was used for another chain or message' }];
  throw new AppError('conflict', 'This key has started another escalation', { details });
}
