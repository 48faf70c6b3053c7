import { clock } from './clock.ts';

/** So that the browser has begun to save it. */
const keptMs = 60_000;

/** Puts a file where the browser puts what it downloads. */
export function saveFile(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  clock.after(keptMs, () => URL.revokeObjectURL(link.href));
}
