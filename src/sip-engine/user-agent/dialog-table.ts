import type { Dialog } from './dialog.ts';
import { withoutEmergencyReserve } from '../runtime/limits.ts';

/** All dialogs, by Call-ID and tags for the network and by dialog id for the application. */
export class DialogTable {
  readonly #byTags = new Map<string, Dialog>();
  /** Forks of one INVITE share an id, and so do both ends of a call that loops back to us. */
  readonly #byId = new Map<string, readonly Dialog[]>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#byTags.size;
  }

  /** Full except for the places reserved for emergency calls. */
  get isFull(): boolean {
    return this.#byTags.size >= withoutEmergencyReserve(this.#limit);
  }

  /** False when the table is full. */
  add(dialog: Dialog): boolean {
    const key = keyOf(dialog);
    if (this.#byTags.has(key)) return true;
    if (this.#byTags.size >= this.#limit) return false;
    this.#byTags.set(key, dialog);
    this.#byId.set(dialog.id, [...(this.#byId.get(dialog.id) ?? []), dialog]);
    return true;
  }

  remove(dialog: Dialog): void {
    const key = keyOf(dialog);
    if (this.#byTags.get(key) === dialog) this.#byTags.delete(key);
    const rest = (this.#byId.get(dialog.id) ?? []).filter((other) => other !== dialog);
    if (rest.length === 0) this.#byId.delete(dialog.id);
    else this.#byId.set(dialog.id, rest);
  }

  /** By Call-ID, our tag and the peer's tag (RFC 3261 section 12). */
  match(ids: { readonly callId: string; readonly localTag: string; readonly remoteTag: string }): Dialog | undefined {
    return this.#byTags.get(keyOf(ids));
  }

  /** The dialogs with this id; more than one only while an INVITE forks or a call loops back to us. */
  withId(id: string): readonly Dialog[] {
    return this.#byId.get(id) ?? [];
  }

  /** The dialog an application means by its id: the confirmed one, else the newest. */
  find(id: string): Dialog | undefined {
    const dialogs = this.withId(id);
    return dialogs.find((dialog) => dialog.isConfirmed) ?? dialogs.at(-1);
  }

  /** All of them; those removed meanwhile are skipped. */
  all(): Iterable<Dialog> {
    return this.#byTags.values();
  }
}

/** One key for Call-ID and both tags; a blank cannot occur in any of them. */
export function keyOf(ids: { readonly callId: string; readonly localTag: string; readonly remoteTag: string }): string {
  return `${ids.callId} ${ids.localTag} ${ids.remoteTag}`;
}
