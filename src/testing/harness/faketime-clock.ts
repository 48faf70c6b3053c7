import { globSync, writeFileSync } from 'node:fs';
import { requireProgram } from '#testing/peers/program.ts';

/** The wall clock of a program, to be set while it runs (libfaketime); its monotonic clock is left alone, as NTP does. */
export class FaketimeClock {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    this.set('+0');
  }

  /** An offset from the true time in seconds, or with a unit, such as `-90`, `+5h` and `+400d`. */
  set(offset: string): void {
    writeFileSync(this.#file, `${offset}\n`);
  }

  /** For the program that is to live by it. */
  get environment(): Record<string, string> {
    requireProgram('faketime');
    const [library = ''] = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1');
    return {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }
}
