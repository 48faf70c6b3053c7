import { say } from './parts/snackbar.ts';
import { toProblem } from './problem.ts';
import { problemText } from './problem-words.ts';

/** Says what is done, and takes it back when asked. `undone`: what is said then; nothing where it is left out. */
export function sayDone(text: string, undo: () => Promise<unknown>, undone?: string): void {
  const back = () => {
    undo().then(() => undone !== undefined && say({ text: undone }), sayProblem);
  };
  say({ text, undo: back });
}

export function sayProblem(error: unknown): void {
  say({ text: problemText(toProblem(error)) });
}
