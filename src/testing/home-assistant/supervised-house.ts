// A house that runs as an app under the Supervisor, as browsers see it through Home Assistant.
// Called by the flows of ingress.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '#app/app.ts';
import type { App } from '#app/app.ts';
import type { Overrides } from '#app/context.ts';
import { createLog } from '#base/log.ts';
import { parseOptions } from '#options/options.ts';
import { readSupervisorOptions } from '#options/supervisor-options.ts';
import { freePort } from '#testing/base/free-port.ts';
import { FakeCore } from './fake-core.ts';
import { IngressProxy } from './ingress-proxy.ts';
import type { ProxyUser } from './ingress-proxy.ts';
import { SupervisorStandIn } from './supervisor-stand-in.ts';

/** In place of 172.30.32.1 and 172.30.32.2. */
export const ownAddress = '127.0.32.1';
export const supervisorAddress = '127.0.32.2';

export const anna: ProxyUser = { id: 'a1b2c3d4e5f60718293a4b5c6d7e8f90', username: 'anna', name: 'Anna Müller' };
export const ben: ProxyUser = { id: 'b1b2c3d4e5f60718293a4b5c6d7e8f90', username: 'ben', name: 'Ben' };

export const guest: ProxyUser = { id: 'c1b2c3d4e5f60718293a4b5c6d7e8f90', username: 'guest', name: 'Guest' };

/** One of `config/auth/list`. */
export function listed({ id, username, name }: ProxyUser, group: string, more: object = {}): Readonly<Record<string, unknown>> {
  const rest = { is_owner: false, is_active: true, local_only: false, system_generated: false, credentials: [] };
  return { id, username: username ?? null, name: name ?? null, ...rest, group_ids: [group], ...more };
}

export type Asked = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

export class SupervisedHouse implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'gosip-supervised-'));
  readonly supervisor: SupervisorStandIn;
  readonly proxy: IngressProxy;
  /** Who is who there. */
  users: Readonly<Record<string, unknown>>[] = [
    listed(anna, 'system-users'),
    listed(ben, 'system-admin'),
    listed(guest, 'system-read-only'),
  ];
  readonly core: FakeCore;
  readonly #overrides: Overrides;
  app!: App;

  private constructor(parts: Pick<SupervisedHouse, 'supervisor' | 'proxy' | 'core'>, overrides: Overrides) {
    this.supervisor = parts.supervisor;
    this.proxy = parts.proxy;
    this.core = parts.core;
    this.#overrides = overrides;
    this.core.commands.set('config/auth/list', () => this.users);
  }

  /** With the Supervisor and Core, and not yet open. */
  static async prepare(overrides: Overrides = {}): Promise<SupervisedHouse> {
    const supervisor = await SupervisorStandIn.start();
    supervisor.app.ingressPort = await freePort(ownAddress);
    supervisor.app.address = ownAddress;
    const proxy = await IngressProxy.start({
      target: () => ({ host: ownAddress, port: supervisor.app.ingressPort }),
      address: supervisorAddress,
      isStreaming: true,
    });
    return new SupervisedHouse({ supervisor, proxy, core: await FakeCore.start() }, overrides);
  }

  /** As people find it: open, and reached by ingress. */
  static async start(overrides: Overrides = {}): Promise<SupervisedHouse> {
    const house = await SupervisedHouse.prepare(overrides);
    await house.open();
    await house.reachable();
    return house;
  }

  async open(values: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const core = { home_assistant_url: this.core.url, home_assistant_token: this.core.token };
    const own = { data_directory: this.folder, http_host: '127.0.0.1', http_port: 0, media: 'direct', ...core };
    const read = parseOptions(
      { ...own, sip_listen: ['udp:127.0.0.1:0'], ...values },
      { SUPERVISOR_TOKEN: this.supervisor.token },
      { data_directory: this.folder, ...readSupervisorOptions(this.folder) },
    );
    if (read.kind === 'problems') throw new Error(read.problems.join('; '));
    this.app = await createApp(read.options, {
      log: createLog({ level: 'silent' }),
      isReplyStrict: true,
      supervisor: { url: this.supervisor.url, address: supervisorAddress },
      ...this.#overrides,
    });
  }

  /** Waits until the ingress listener answers whatever it answers. */
  async reachable(): Promise<void> {
    for (;;) {
      const { status } = await this.ask(this.proxy.openSession(undefined), '/api/health');
      if (status !== 502) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** As the panel asks, through Home Assistant. */
  ask(cookie: string, path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Response> {
    const json = body === undefined ? {} : { 'Content-Type': 'application/json' };
    return fetch(`${this.proxy.url}${path}`, {
      method,
      headers: { Cookie: cookie, 'X-GoSIP-Request': '1', ...json, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async close(): Promise<void> {
    await this.app[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await this.core[Symbol.asyncDispose]();
    await this.proxy[Symbol.asyncDispose]();
    await this.supervisor[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
