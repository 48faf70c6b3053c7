import { doLater, say } from './parts/snackbar.ts';
import { Signal } from './signal.ts';
import { toProblem } from './problem.ts';
import { problemText } from './problem-words.ts';

/** Ids of what is shown as deleted already, and can still be brought back. */
export const removedNow = new Signal<ReadonlySet<string>>(new Set());

/** Hides it at once, and deletes it for good when nobody took that back in time. */
export function removeLater(id: string, text: string, remove: () => Promise<unknown>): void {
  const bringBack = () => (removedNow.value = new Set([...removedNow.value].filter((one) => one !== id)));
  removedNow.value = new Set([...removedNow.value, id]);
  const act = () => {
    remove().catch((error: unknown) => {
      bringBack();
      say({ text: problemText(toProblem(error)) });
    });
  };
  doLater(text, act, bringBack);
}
