import { doLater, say } from './parts/snackbar.ts';
import { Signal } from './signal.ts';
import { toProblem } from './problem.ts';
import { problemText } from './problem-words.ts';

/** Ids of what is shown as deleted already, and can still be brought back. */
export const removedNow = new Signal<ReadonlySet<string>>(new Set());

/** Hides it at once, and deletes it for good when nobody took that back in time. */
export function removeLater(id: string, text: string, remove: () => Promise<unknown>): void {
  removeAllLater([id], text, remove);
}

/** The same with several that are gone by one act. */
export function removeAllLater(ids: readonly string[], text: string, remove: () => Promise<unknown>): void {
  const bringBack = () => (removedNow.value = new Set([...removedNow.value].filter((one) => !ids.includes(one))));
  removedNow.value = new Set([...removedNow.value, ...ids]);
  const act = () =>
    remove().catch((error: unknown) => {
      bringBack();
      say({ text: problemText(toProblem(error)) });
    });
  doLater(text, act, bringBack);
}
