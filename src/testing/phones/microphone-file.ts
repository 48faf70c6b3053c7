import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { toneWav } from '../wav.ts';

const frameMs = 20;
const frameBytes = 320;

/** A named pipe that gives a tone at the speed of sound (16-bit samples, 8000 a second): the microphone of a machine that has none. */
export class MicrophoneFile implements Disposable {
  readonly #path: string;
  readonly #tone: Buffer;
  #isClosed = false;

  constructor(path: string, toneHz: number) {
    this.#path = path;
    this.#tone = toneWav({ frequency: toneHz, seconds: 1 }).subarray(44);
    execFileSync('mkfifo', [path]);
    void this.#serve();
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    // Whoever waits for a listener goes on when there is one.
    closeSync(openSync(this.#path, constants.O_RDONLY | constants.O_NONBLOCK));
  }

  async #serve(): Promise<void> {
    while (!this.#isClosed) {
      // Waits until the phone opens its microphone.
      const pipe = await open(this.#path, constants.O_WRONLY);
      await this.#play(pipe).catch(() => {});
      await pipe.close();
    }
  }

  /** Ends by an error when the phone closes its microphone. */
  async #play(pipe: FileHandle): Promise<void> {
    const start = performance.now();
    for (let frame = 0; !this.#isClosed; frame += 1) {
      const at = (frame * frameBytes) % this.#tone.length;
      await pipe.write(this.#tone.subarray(at, at + frameBytes));
      await sleep(Math.max(0, start + (frame + 1) * frameMs - performance.now()));
    }
  }
}
