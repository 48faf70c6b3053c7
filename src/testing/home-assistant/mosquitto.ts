import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '#testing/base/free-port.ts';
import { requireProgram, startProgram } from '#testing/peers/program.ts';
import type { Program } from '#testing/peers/program.ts';
import type { MqttBroker } from './onboarding.ts';

const users = ['gosip', 'home-assistant', 'observer'] as const;
export type MqttUser = (typeof users)[number];

/** A real Mosquitto on loopback (MQTT 5 and 3.1.1) with three users; what is retained outlives its restart. It ends with this process. */
export class Mosquitto implements AsyncDisposable {
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly folder: string;
  #program: Program;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.folder = folder;
    this.#program = this.#run();
  }

  static async start(): Promise<Mosquitto> {
    requireProgram('mosquitto');
    const folder = await mkdtemp(join(tmpdir(), 'gosip-mosquitto-'));
    const port = await freePort();
    await writeFile(join(folder, 'mosquitto.conf'), configuration(folder, port));
    await writeFile(join(folder, 'passwords'), '', { mode: 0o600 });
    for (const user of users) {
      await promisify(execFile)('mosquitto_passwd', ['-b', join(folder, 'passwords'), user, passwordOf(user)]);
    }
    const broker = new Mosquitto(port, folder);
    await broker.#program.printed(/mosquitto version \S+ running/);
    return broker;
  }

  /** How this user connects. */
  login(user: MqttUser): Required<MqttBroker> {
    return { host: this.host, port: this.port, username: user, password: passwordOf(user) };
  }

  get url(): string {
    return `mqtt://${this.host}:${this.port}`;
  }

  /** What it said since its last start: who connected, and who was refused. */
  output(): string {
    return this.#program.output();
  }

  async stop(): Promise<void> {
    await this.#program.stop();
  }

  async startAgain(): Promise<void> {
    this.#program = this.#run();
    await this.#program.printed(/mosquitto version \S+ running/);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  #run(): Program {
    return startProgram('setpriv', ['--pdeathsig', 'KILL', 'mosquitto', '-c', join(this.folder, 'mosquitto.conf')]);
  }
}

const passwordOf = (user: MqttUser): string => `${user} at the broker`;

function configuration(folder: string, port: number): string {
  const lines = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous false',
    `password_file ${folder}/passwords`,
    'persistence true',
    `persistence_location ${folder}/`,
    'log_dest stderr',
    'log_type all',
    // Started by root it would become a user who may not read this folder.
    ...(process.getuid?.() === 0 ? ['user root'] : []),
  ];
  return `${lines.join('\n')}\n`;
}
