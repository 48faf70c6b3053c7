import type { RE2JS } from 're2js';
import type { PersonId } from '#base/ids.ts';
import { compile } from './blocklist-pattern.ts';
import type { BlocklistEntry, BlocklistEntryId, BlocklistMatch } from './blocklist-entry.ts';

type Pattern = { readonly regex: RE2JS; readonly match: BlocklistMatch };

/** The enabled entries in memory: a call is matched without the database. */
export class BlocklistIndex {
  readonly #exact = new Map<string, BlocklistMatch[]>();
  /** By the digits; a number has no more than sixteen beginnings. */
  readonly #prefixes = new Map<string, BlocklistMatch[]>();
  readonly #patterns = new Map<BlocklistEntryId, Pattern>();

  get patternCount(): number {
    return this.#patterns.size;
  }

  add(entry: BlocklistEntry): void {
    const { id: entryId, kind, reason, personId, pattern, isEnabled } = entry;
    if (!isEnabled) return;
    const match = { entryId, kind, reason, personId };
    if (kind === 'regex') {
      const regex = compile(pattern);
      if (typeof regex !== 'string') this.#patterns.set(entryId, { regex, match });
      return;
    }
    const byText = kind === 'exact' ? this.#exact : this.#prefixes;
    byText.set(pattern, [...(byText.get(pattern) ?? []), match]);
  }

  remove({ id, kind, pattern }: BlocklistEntry): void {
    if (kind === 'regex') {
      this.#patterns.delete(id);
      return;
    }
    const byText = kind === 'exact' ? this.#exact : this.#prefixes;
    const rest = byText.get(pattern)?.filter(({ entryId }) => entryId !== id) ?? [];
    if (rest.length === 0) byText.delete(pattern);
    else byText.set(pattern, rest);
  }

  /** What blocks a caller (E.164) of calls to this person: the whole number first, then the longest beginning, then patterns. */
  match(number: string, personId: PersonId | undefined): BlocklistMatch | undefined {
    const applies = (match: BlocklistMatch) => match.personId === undefined || match.personId === personId;
    const exact = this.#exact.get(number)?.find(applies);
    if (exact !== undefined) return exact;
    if (this.#prefixes.size > 0) {
      for (let digits = number.length; digits > 1; digits -= 1) {
        const found = this.#prefixes.get(number.slice(0, digits))?.find(applies);
        if (found !== undefined) return found;
      }
    }
    for (const { regex, match } of this.#patterns.values()) if (applies(match) && regex.test(number)) return match;
    return undefined;
  }
}
