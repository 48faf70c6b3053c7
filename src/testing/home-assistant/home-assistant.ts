import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '#testing/base/free-port.ts';
import { startProgram } from '#testing/peers/program.ts';
import type { Program } from '#testing/peers/program.ts';
import { writeConfiguration } from './configuration.ts';
import { CoreClient } from './core-client.ts';
import { readLog } from './core-log.ts';
import type { LogEntry } from './core-log.ts';
import { addMqtt, onboard, untilItServes } from './onboarding.ts';
import type { MqttBroker } from './onboarding.ts';

export const script = join(import.meta.dirname, '../../../script/home-assistant');

export type HomeAssistantOptions = {
  readonly port?: number;
  /** Its configuration folder, kept afterwards; one of its own otherwise. */
  readonly config?: string;
  readonly mqtt?: MqttBroker;
  /** Added to configuration.yaml. */
  readonly yaml?: string;
};

/** A real Home Assistant Core on loopback: onboarded, with the token of its owner. It ends with this process, whatever ends that. */
export class HomeAssistant implements AsyncDisposable {
  readonly url: string;
  readonly config: string;
  token = '';
  readonly #port: number;
  readonly #removesConfig: boolean;
  #program: Program;
  #past: LogEntry[] = [];

  private constructor(port: number, config: string, removesConfig: boolean) {
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.config = config;
    this.#removesConfig = removesConfig;
    this.#program = this.#run();
  }

  static async start({ mqtt, yaml = '', ...options }: HomeAssistantOptions = {}): Promise<HomeAssistant> {
    const port = options.port ?? (await freePort());
    const config = options.config ?? (await mkdtemp(join(tmpdir(), 'gosip-home-assistant-')));
    await writeConfiguration(config, port, yaml);
    const started = new HomeAssistant(port, config, options.config === undefined);
    try {
      await started.#answers();
      started.token = await onboard(started.url);
      await started.#answers();
      if (mqtt !== undefined) {
        using client = await started.connect();
        await addMqtt(client, mqtt);
      }
      return started;
    } catch (error) {
      const said = started.#program.output();
      await started[Symbol.asyncDispose]();
      throw new Error(`Home Assistant did not start. It said:\n${said}`, { cause: error });
    }
  }

  get pid(): number {
    return this.#program.pid;
  }

  connect(): Promise<CoreClient> {
    return CoreClient.connect(this.url, this.token);
  }

  /** All that it logged since its first start: warnings and errors, unless its configuration says more. */
  log(): LogEntry[] {
    return [...this.#past, ...readLog(this.#program.output())];
  }

  /** As at the end of the machine's power, or of the night in which it updates itself. */
  async restart(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.stop(signal);
    this.#past = this.log();
    this.#program = this.#run();
    await this.#answers();
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    process.kill(this.pid, signal);
    const killer = setTimeout(() => process.kill(this.pid, 'SIGKILL'), 30_000);
    await this.#program.ended;
    clearTimeout(killer);
  }

  /** At once, for when there is no time left. */
  kill(): void {
    process.kill(this.pid, 'SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.stop('SIGKILL');
    if (this.#removesConfig) await rm(this.config, { recursive: true, force: true });
  }

  #run(): Program {
    return startProgram('setpriv', ['--pdeathsig', 'KILL', script, 'run', String(this.#port), this.config]);
  }

  async #answers(): Promise<void> {
    let hasEnded = false;
    void this.#program.ended.then(() => (hasEnded = true));
    await untilItServes(this.url, this.token, () => hasEnded);
  }
}

/**
 * Why there can be no Home Assistant on this machine, or nothing; waits for an installation that is under way. On a developer's machine its
 * tests are left out, loudly; in CI a missing one is a failure.
 */
export async function missingHomeAssistant(): Promise<string | undefined> {
  const asked = startProgram(script, ['is-installed']);
  if ((await asked.ended) === 0) return undefined;
  const text =
    'HOME ASSISTANT IS NOT TESTED HERE: it is not installed. Run script/home-assistant install, with Docker or as root on Debian.';
  if (process.env['CI'] !== undefined) throw new Error(text);
  process.stderr.write(`\n${text}\n`);
  return text;
}
