import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Program } from '#testing/peers/program.ts';
import type { PhoneNews, RealPhone } from './real-phone.ts';

/** What is typed into a phone's console, and what it prints. */
export type ConsoleWords = {
  readonly commands: {
    readonly dial: (extension: string) => string;
    readonly answer: string;
    readonly hangUp: string;
    readonly hold: string;
    readonly resume: string;
    readonly transfer: (extension: string) => string;
  };
  readonly news: Readonly<Record<PhoneNews, RegExp>>;
};

export type ConsolePhoneParts = {
  readonly name: string;
  readonly version: string;
  readonly address: string;
  readonly folder: string;
  readonly program: Program;
  readonly words: ConsoleWords;
  readonly hears: (frequency: number) => number | Promise<number>;
};

/** A phone that is driven by its text console. */
export class ConsolePhone implements RealPhone {
  readonly #parts: ConsolePhoneParts;
  /** How far each kind of news was read in the output. */
  readonly #read: Record<PhoneNews, number> = { rings: 0, talks: 0, ended: 0 };

  constructor(parts: ConsolePhoneParts) {
    this.#parts = parts;
  }

  get name(): string {
    return this.#parts.name;
  }

  get version(): string {
    return this.#parts.version;
  }

  get address(): string {
    return this.#parts.address;
  }

  async told(news: PhoneNews, limitSeconds = 30): Promise<void> {
    const { program, words } = this.#parts;
    for (let waited = 0; waited < limitSeconds * 10; waited += 1) {
      const found = words.news[news].exec(program.output().slice(this.#read[news]));
      if (found !== null) {
        this.#read[news] += found.index + found[0].length;
        return;
      }
      await sleep(100);
    }
    throw new Error(`${this.name} did not say in ${limitSeconds} s that it ${news}:\n${this.output()}`);
  }

  dial(extension: string): Promise<void> {
    return this.#type(this.#parts.words.commands.dial(extension));
  }

  answer(): Promise<void> {
    return this.#type(this.#parts.words.commands.answer);
  }

  hangUp(): Promise<void> {
    return this.#type(this.#parts.words.commands.hangUp);
  }

  hold(): Promise<void> {
    return this.#type(this.#parts.words.commands.hold);
  }

  resume(): Promise<void> {
    return this.#type(this.#parts.words.commands.resume);
  }

  transfer(extension: string): Promise<void> {
    return this.#type(this.#parts.words.commands.transfer(extension));
  }

  hears(frequency: number): number | Promise<number> {
    return this.#parts.hears(frequency);
  }

  output(): string {
    return this.#parts.program.output();
  }

  kill(): Promise<void> {
    return this.#parts.program.stop('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#parts.folder, { recursive: true, force: true });
  }

  async #type(line: string): Promise<void> {
    this.#parts.program.write(`${line}\n`);
  }
}
