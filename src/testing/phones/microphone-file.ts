import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { toneWav } from '#testing/base/wav.ts';

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
  }

  async #serve(): Promise<void> {
    while (!this.#isClosed) {
      const pipe = await this.#open();
      if (pipe === undefined) await sleep(frameMs);
      else {
        await this.#play(pipe).catch(() => {});
        await pipe.close();
      }
    }
  }

  /** Undefined until the phone opens its microphone. To wait for that inside `open` would hold one of Node's four threads for files. */
  #open(): Promise<FileHandle | undefined> {
    return open(this.#path, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => undefined);
  }

  /** Ends by an error when the phone closes its microphone. */
  async #play(pipe: FileHandle): Promise<void> {
    const start = performance.now();
    for (let frame = 0; !this.#isClosed; frame += 1) {
      const at = (frame * frameBytes) % this.#tone.length;
      await pipe.write(this.#tone.subarray(at, at + frameBytes)).catch((error: NodeJS.ErrnoException) => {
        // A phone that does not read for a while misses some of it.
        if (error.code !== 'EAGAIN') throw error;
      });
      await sleep(Math.max(0, start + (frame + 1) * frameMs - performance.now()));
    }
  }
}
