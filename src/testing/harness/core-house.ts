import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { createApp } from '#app/app.ts';
import type { App } from '#app/app.ts';
import { createLog } from '#base/log.ts';
import { parseOptions } from '#options/options.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { apiCall } from '#testing/harness/api-call.ts';
import type { ApiCall } from '#testing/harness/api-call.ts';
import { FakeCore } from '#testing/home-assistant/fake-core.ts';

export const ours = '+14155550199';
export const theirs = '+14155550123';

/** A whole house beside a fake Core, on a clock that is moved by hand; Anna has the number and a phone. */
export class CoreHouse implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'gosip-core-'));
  readonly clock: FakeClock;
  readonly core: FakeCore;
  /** What the house logs, line by line. */
  readonly logged: string[] = [];
  app!: App;
  /** How often the house wanted to begin anew. */
  restarts = 0;
  anna = '';
  numberId = '';
  desk = '';
  #token = '';
  readonly #options: object;

  private constructor(core: FakeCore, options: object) {
    this.core = core;
    this.#options = options;
    this.clock = new FakeClock();
  }

  /** `options`: beside those that a test needs. */
  static async start(options: object = {}, core?: FakeCore): Promise<CoreHouse> {
    const house = new CoreHouse(core ?? (await FakeCore.start()), options);
    await house.open();
    house.anna = (await house.api<{ id: string }>('POST', '/users', { username: 'anna', name: 'Anna' })).id;
    const phone = { name: 'Desk', type: 'softphone', personId: house.anna };
    house.desk = (await house.api<{ id: string }>('POST', '/devices', phone)).id;
    house.numberId = (await house.api<{ id: string }>('POST', '/dids', { number: ours, ownerPersonId: house.anna })).id;
    return house;
  }

  get api(): ApiCall {
    return apiCall(`http://127.0.0.1:${this.app.http.port}`, this.#token);
  }

  async open(): Promise<void> {
    const read = parseOptions({
      data_directory: this.folder,
      sip_listen: ['udp:127.0.0.1:0'],
      http_host: '127.0.0.1',
      http_port: 0,
      media: 'direct',
      home_assistant_url: this.core.url,
      home_assistant_token: this.core.token,
      ...this.#options,
    });
    if (read.kind === 'problems') throw new Error(read.problems.join('; '));
    const log = createLog({ level: 'info', destination: { write: (line: string) => void this.logged.push(line) } });
    const restart = () => void (this.restarts += 1);
    this.app = await createApp(read.options, { log, clock: this.clock, isReplyStrict: true, restart });
    this.#token ||= this.app.adminToken ?? '';
  }

  async close(): Promise<void> {
    await this.app[Symbol.asyncDispose]();
  }

  /** Moves time on, a second at a time, until something is so. */
  async until<Value>(look: () => Value | Promise<Value>, stepMs = 1000): Promise<Value> {
    return vi.waitFor(
      async () => {
        await this.clock.advanceAsync(stepMs);
        return look();
      },
      { timeout: 20_000, interval: 10 },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await this.core.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
