// A house in this process with what a panel shows: its people, phones that register and call, calls of the past.
// Called by the flows of the panel and by script/panel-screenshots.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '#app/app.ts';
import type { App } from '#app/app.ts';
import type { Overrides } from '#app/context.ts';
import { parseOptions } from '#options/options.ts';
import { apiCall } from '#testing/harness/api-call.ts';
import type { ApiCall } from '#testing/harness/api-call.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import type { SimulatedPhoneOptions } from '#testing/peers/simulated-phone.ts';
import { buildPanel } from './built-panel.ts';

type Login = { readonly username: string; readonly secret: string };

export class PanelHouse implements AsyncDisposable {
  readonly app: App;
  /** Of the panel, such as `http://127.0.0.1:8080/`. */
  readonly url: string;
  readonly ask: ApiCall;
  readonly folder: string;
  readonly #beside = new AsyncDisposableStack();

  private constructor(app: App, folder: string) {
    this.app = app;
    this.folder = folder;
    this.url = `http://127.0.0.1:${app.http.port}/`;
    this.ask = apiCall(`http://127.0.0.1:${app.http.port}`, app.adminToken ?? '');
  }

  static async start(options: Record<string, unknown> = {}, overrides: Overrides = {}): Promise<PanelHouse> {
    buildPanel();
    const folder = mkdtempSync(join(tmpdir(), 'gosip-panel-'));
    const read = parseOptions({
      data_directory: folder,
      sip_listen: ['udp:127.0.0.1:0'],
      http_host: '127.0.0.1',
      http_port: 0,
      media: 'direct',
      ...options,
    });
    if (read.kind === 'problems') throw new Error(read.problems.join('; '));
    const logDestination = { write: () => {} };
    return new PanelHouse(await createApp(read.options, { logDestination, isReplyStrict: true, ...overrides }), folder);
  }

  /** Ended before the house is. */
  keep<One extends AsyncDisposable>(one: One): One {
    return this.#beside.use(one);
  }

  /** A simulated phone with a device's credentials; it is not registered yet. */
  async phone(login: Login, more: Partial<SimulatedPhoneOptions> = {}): Promise<SimulatedPhone> {
    return this.#beside.use(await this.lostPhone(login, more));
  }

  /** The same; when it is disposed its registration stays, as if its plug were pulled. */
  lostPhone({ username, secret: password }: Login, more: Partial<SimulatedPhoneOptions> = {}): Promise<SimulatedPhone> {
    const registrar = { host: '127.0.0.1', port: Number(this.app.sip[0]?.split(':').at(-1)) };
    return SimulatedPhone.start({ address: '127.0.0.1', username, password, registrar, ...more });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#beside.disposeAsync();
    await this.app[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
