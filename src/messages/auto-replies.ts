import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Events } from '#base/events.ts';
import type { AutoReplyId, NewId } from '#base/ids.ts';
import type { Facts } from '#contract/facts.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { AutoReply } from './auto-reply.ts';
import type { AutoReplyStore } from './auto-reply-store.ts';
import type { PageRequest } from './conversation-store.ts';
import type { OurNumbers } from './ports.ts';

export type AutoRepliesDeps = {
  readonly store: AutoReplyStore;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly events: Events<Facts>;
  readonly numbers: OurNumbers;
};

export type AutoReplyInput = Omit<AutoReply, 'id' | 'createdAt'>;

/** The automatic reply rules. */
export class AutoReplies {
  readonly #deps: AutoRepliesDeps;

  constructor(deps: AutoRepliesDeps) {
    this.#deps = deps;
  }

  /** `numbers` undefined: all rules; else those of these numbers alone. */
  list(
    numbers: readonly string[] | undefined,
    page: PageRequest,
  ): { readonly items: readonly AutoReply[]; readonly total: number } {
    return this.#deps.store.find(numbers, page);
  }

  byId(id: AutoReplyId): AutoReply | undefined {
    return this.#deps.store.byId(id);
  }

  /** Throws `invalid` for a rule that could never reply. */
  async create(input: AutoReplyInput): Promise<AutoReply> {
    const { newId, clock } = this.#deps;
    return await this.#save({ ...input, id: newId('auto'), createdAt: clock.now() });
  }

  /** Throws `invalid` for a rule that could never reply. */
  async change(rule: AutoReply, change: Partial<AutoReplyInput>): Promise<AutoReply> {
    const changed = await this.#save({ ...rule, ...change });
    if (changed.number !== rule.number) this.#emit(rule);
    return changed;
  }

  async delete(rule: AutoReply): Promise<void> {
    await this.#deps.writes.write(() => this.#deps.store.delete(rule.id));
    this.#emit(rule);
  }

  #emit({ number }: AutoReply): void {
    const { events, numbers } = this.#deps;
    const owner = number === undefined ? undefined : numbers.byNumber(number)?.ownerPersonId;
    events.emit('auto-replies.changed', { personId: owner ?? null });
  }

  async #save(rule: AutoReply): Promise<AutoReply> {
    const { store, writes, numbers } = this.#deps;
    if (rule.number !== undefined && numbers.byNumber(rule.number) === undefined)
      throw invalid('number', 'is not one of our numbers');
    if (rule.trigger === 'keyword' && rule.keywords.length === 0) throw invalid('keywords', 'must contain at least one word');
    await writes.write(() => store.save(rule));
    this.#emit(rule);
    return rule;
  }
}

function invalid(field: string, message: string): AppError {
  return new AppError('invalid', 'The automatic reply is not valid', { details: [{ field, message }] });
}
