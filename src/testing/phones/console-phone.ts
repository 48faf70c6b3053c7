import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Program } from '#testing/peers/program.ts';
import type { PhoneSignal, RealPhone } from './real-phone.ts';

/** What is typed into a phone's console, and what it prints. */
export type ConsoleProtocol = {
  readonly commands: {
    readonly dial: (extension: string) => string;
    readonly answer: string;
    readonly hangUp: string;
    readonly hold: string;
    readonly resume: string;
    readonly transfer: (extension: string) => string;
  };
  readonly signals: Readonly<Record<PhoneSignal, RegExp>>;
};

export type ConsolePhoneDeps = {
  readonly name: string;
  readonly version: string;
  readonly address: string;
  readonly folder: string;
  readonly program: Program;
  readonly protocol: ConsoleProtocol;
  readonly toneShare: (frequency: number) => number | Promise<number>;
};

/** A phone that is driven by its text console. */
export class ConsolePhone implements RealPhone {
  readonly deps: ConsolePhoneDeps;
  /** How far each kind of news was read in the output. */
  readonly #read: Record<PhoneSignal, number> = { rings: 0, talks: 0, ended: 0 };

  constructor(deps: ConsolePhoneDeps) {
    this.deps = deps;
  }

  get name(): string {
    return this.deps.name;
  }

  get version(): string {
    return this.deps.version;
  }

  get address(): string {
    return this.deps.address;
  }

  async waitFor(signal: PhoneSignal, limitSeconds = 30): Promise<void> {
    const { program, protocol } = this.deps;
    for (let waited = 0; waited < limitSeconds * 10; waited += 1) {
      const found = protocol.signals[signal].exec(program.output().slice(this.#read[signal]));
      if (found !== null) {
        this.#read[signal] += found.index + found[0].length;
        return;
      }
      await sleep(100);
    }
    throw new Error(`${this.name} did not say in ${limitSeconds} s that it ${signal}:\n${this.output()}`);
  }

  dial(extension: string): Promise<void> {
    return this.#type(this.deps.protocol.commands.dial(extension));
  }

  answer(): Promise<void> {
    return this.#type(this.deps.protocol.commands.answer);
  }

  hangUp(): Promise<void> {
    return this.#type(this.deps.protocol.commands.hangUp);
  }

  hold(): Promise<void> {
    return this.#type(this.deps.protocol.commands.hold);
  }

  resume(): Promise<void> {
    return this.#type(this.deps.protocol.commands.resume);
  }

  transfer(extension: string): Promise<void> {
    return this.#type(this.deps.protocol.commands.transfer(extension));
  }

  toneShare(frequency: number): number | Promise<number> {
    return this.deps.toneShare(frequency);
  }

  output(): string {
    return this.deps.program.output();
  }

  kill(): Promise<void> {
    return this.deps.program.stop('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.deps.folder, { recursive: true, force: true });
  }

  async #type(line: string): Promise<void> {
    this.deps.program.write(`${line}\n`);
  }
}
