/** The one place of the worker that knows the browser's time. */
export function after(ms: number, run: () => void): void {
  setTimeout(run, ms);
}
