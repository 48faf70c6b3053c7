// A house that runs as an app under the Supervisor, as browsers see it through Home Assistant.
// Called by the flows of ingress.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '#app/app.ts';
import type { App } from '#app/app.ts';
import type { Overrides } from '#app/context.ts';
import { createLog } from '#base/log.ts';
import { parseOptions } from '#options/options.ts';
import { IngressProxy } from './ingress-proxy.ts';
import type { ProxyUser } from './ingress-proxy.ts';
import { SupervisorStandIn } from './supervisor-stand-in.ts';

/** In place of 172.30.32.1 and 172.30.32.2. */
export const ownAddress = '127.0.32.1';
export const supervisorAddress = '127.0.32.2';

export const anna: ProxyUser = { id: 'a1b2c3d4e5f60718293a4b5c6d7e8f90', username: 'anna', name: 'Anna Müller' };
export const ben: ProxyUser = { id: 'b1b2c3d4e5f60718293a4b5c6d7e8f90', username: 'ben', name: 'Ben' };

export type Asked = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

export class SupervisedHouse implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'gosip-supervised-'));
  readonly supervisor: SupervisorStandIn;
  readonly proxy: IngressProxy;
  readonly #overrides: Overrides;
  app!: App;

  private constructor(supervisor: SupervisorStandIn, proxy: IngressProxy, overrides: Overrides) {
    this.supervisor = supervisor;
    this.proxy = proxy;
    this.#overrides = overrides;
  }

  static async start(overrides: Overrides = {}): Promise<SupervisedHouse> {
    const supervisor = await SupervisorStandIn.start();
    supervisor.app.ingressPort = await freePort(ownAddress);
    supervisor.app.address = ownAddress;
    const proxy = await IngressProxy.start({
      target: () => ({ host: ownAddress, port: supervisor.app.ingressPort }),
      address: supervisorAddress,
    });
    const house = new SupervisedHouse(supervisor, proxy, overrides);
    await house.open();
    return house;
  }

  async open(values: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const own = { data_directory: this.folder, http_host: '127.0.0.1', http_port: 0, media: 'direct' };
    const read = parseOptions(
      { ...own, sip_listen: ['udp:127.0.0.1:0'], ...values },
      { SUPERVISOR_TOKEN: this.supervisor.token },
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

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app[Symbol.asyncDispose]();
    await this.proxy[Symbol.asyncDispose]();
    await this.supervisor[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function freePort(host: string): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, host, resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
