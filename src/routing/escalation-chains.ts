// Owns the escalation chains: who is called, in which order, until somebody takes an alarm or a call.
// Called by their routes, by escalations that begin, and by whoever gathers the facts of a call.
// Must stay true: memory has what the database has; a number that may not be called is refused when it is saved, not in an alarm.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { Events } from '#base/events.ts';
import type { ContactId, NewId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import { chainProblems } from './chain-problems.ts';
import type { ChainHouse } from './chain-problems.ts';
import type { EscalationChain, EscalationStep, EscalationTarget } from './escalation-chain.ts';
import type { EscalationChainStore } from './escalation-chain-store.ts';
import type { RoutingProblem } from './target-problems.ts';

export type EscalationChainsDeps = {
  readonly store: EscalationChainStore;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  readonly events: Events<Facts>;
  readonly house: ChainHouse;
};

/** A contact may be named without saying which of their numbers. */
type GivenTarget =
  | Exclude<EscalationTarget, { kind: 'contact' }>
  | { readonly kind: 'contact'; readonly id: ContactId; readonly number?: string | undefined };
type GivenStep = Pick<EscalationStep, 'seconds'> & { readonly targets: readonly GivenTarget[] };

export type EscalationChainInput = Omit<EscalationChain, 'id' | 'createdAt' | 'steps'> & { readonly steps: readonly GivenStep[] };

const maxChains = 200;

export class EscalationChains {
  readonly #deps: EscalationChainsDeps;
  #all: readonly EscalationChain[];

  constructor(deps: EscalationChainsDeps) {
    this.#deps = deps;
    this.#all = deps.store.all();
  }

  /** The oldest first. */
  all(): readonly EscalationChain[] {
    return this.#all;
  }

  /** Throws `not-found`. */
  get(id: string): EscalationChain {
    const found = this.#all.find((chain) => chain.id === id);
    if (found === undefined) throw new AppError('not-found', 'There is no such escalation chain');
    return found;
  }

  /** What is wrong with a chain as the house is now. */
  problemsOf({ steps }: EscalationChain): readonly RoutingProblem[] {
    return chainProblems(steps, this.#deps.house);
  }

  /** Throws `invalid` with the field at fault, `conflict` where there are too many. */
  async create({ steps, ...rest }: EscalationChainInput): Promise<EscalationChain> {
    const { newId, clock } = this.#deps;
    if (this.#all.length >= maxChains)
      throw new AppError(
        'conflict',
        `There are at most ${maxChains} escalation chains`,
        because('limit-reached', { max: maxChains }),
      );
    const chain = { ...rest, steps: this.#read(steps), id: newId('chain'), createdAt: clock.now() };
    return await this.#save(chain);
  }

  /** Throws `not-found`, or `invalid` with the field at fault. */
  async change(id: string, { steps, ...change }: Partial<EscalationChainInput>): Promise<EscalationChain> {
    const before = this.get(id);
    // What broke since may still be renamed.
    return await this.#save({ ...before, ...change, steps: steps === undefined ? before.steps : this.#read(steps) });
  }

  /** Throws `not-found`. Rules that name it are broken then; escalations that go on are not. */
  async delete(id: string): Promise<void> {
    const chain = this.get(id);
    await this.#write(() => this.#deps.store.delete(chain.id));
    this.#deps.events.emit('escalation-chain.deleted', { escalationChainId: chain.id });
    this.#deps.log.info({ chain: chain.id }, 'Escalation chain removed');
  }

  /** Contacts that become one: in the transaction that merges them. Call the result after it. */
  replaceContacts(gone: readonly ContactId[], kept: ContactId): () => void {
    const isGone = (target: EscalationTarget) => target.kind === 'contact' && gone.includes(target.id);
    const concerned = this.#all.filter(({ steps }) => steps.some(({ targets }) => targets.some(isGone)));
    for (const chain of concerned) {
      const steps = chain.steps.map((step) => ({
        ...step,
        targets: step.targets.map((target) => (target.kind === 'contact' && isGone(target) ? { ...target, id: kept } : target)),
      }));
      this.#deps.store.save({ ...chain, steps });
    }
    return () => {
      if (concerned.length === 0) return;
      this.#all = this.#deps.store.all();
      for (const { id } of concerned) this.#deps.events.emit('escalation-chain.changed', { escalationChainId: id });
    };
  }

  #read(given: readonly GivenStep[]): readonly EscalationStep[] {
    const steps = given.map(({ seconds, targets }, at) => ({
      seconds,
      targets: targets.map((target, index) => this.#readTarget(target, `steps.${at}.targets.${index}`)),
    }));
    const broken = chainProblems(steps, this.#deps.house).filter(({ severity }) => severity === 'broken');
    if (broken.length > 0) throw invalid(broken.map(({ field, message }) => ({ field, message })));
    return steps;
  }

  #readTarget(target: GivenTarget, field: string): EscalationTarget {
    if (target.kind !== 'contact') return target;
    const contact = this.#deps.house.contactOf(target.id);
    if (contact === undefined) throw invalid([{ field, message: 'names a contact who is not there' }]);
    const number = target.number ?? contact.numbers[0]?.number;
    if (number === undefined || !contact.numbers.some((one) => one.number === number))
      throw invalid([{ field: `${field}.number`, message: `must be a number of ${contact.name}` }]);
    return { kind: 'contact', id: target.id, number };
  }

  async #save(chain: EscalationChain): Promise<EscalationChain> {
    const isNew = !this.#all.some(({ id }) => id === chain.id);
    await this.#write(() => this.#deps.store.save(chain));
    this.#deps.events.emit(isNew ? 'escalation-chain.created' : 'escalation-chain.changed', { escalationChainId: chain.id });
    this.#deps.log.info({ chain: chain.id }, 'Escalation chain saved');
    return this.get(chain.id);
  }

  async #write(run: () => void): Promise<void> {
    await this.#deps.writes.write(run);
    this.#all = this.#deps.store.all();
  }
}

function invalid(details: readonly { readonly field: string; readonly message: string }[]): AppError {
  return new AppError('invalid', 'The escalation chain would not work', { details });
}
