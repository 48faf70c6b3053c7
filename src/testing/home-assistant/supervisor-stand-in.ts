// A Supervisor for tests, as strict as the real one about paths, tokens, roles and services.
// Called by tests of the client and of the whole app.
// Source: home-assistant/supervisor of 2026-08-21, api/middleware/security.py, api/{root,apps,services,network,homeassistant}.py.
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Role = 'default' | 'homeassistant' | 'backup' | 'manager' | 'admin';

export type StandInApp = {
  slug: string;
  /** `hassio_api` of config.yaml. */
  hasApi: boolean;
  role: Role;
  /** `services` of config.yaml. */
  services: Readonly<Record<string, 'provide' | 'want' | 'need'>>;
  address: string;
  ingressPort: number;
  /** Whether it has chosen that. */
  hasChosen: boolean;
  network: Record<string, number | null> | null;
};

type Interface = {
  interface: string;
  primary: boolean;
  connected: boolean;
  ipv4: readonly string[] | undefined;
  ipv6: readonly string[] | undefined;
};

/** Without hassio_api. */
const bypass =
  /^(?:|\/addons\/self\/(?!security|update)[^/]+|\/addons\/self\/options\/config|\/info|\/services.*|\/discovery.*|\/auth)$/;
const infoPath = /^(?:|\/.+\/info)$/;
const roles: Readonly<Record<Role, RegExp>> = {
  default: infoPath,
  homeassistant: /^(?:|\/.+\/info|\/core\/.+|\/homeassistant\/.+)$/,
  backup: /^(?:|\/.+\/info|\/backups.*)$/,
  manager: /^(?:|\/.+\/info|\/(?:addons|core|host|network|os|supervisor|store).*)$/,
  admin: /.*/,
};
const knownServices = new Set(['mqtt', 'mysql']);
/** In all others it answers that it is not ready. */
const readyStates = new Set(['startup', 'running', 'freeze']);

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export class SupervisorStandIn implements AsyncDisposable {
  readonly token = 'supervisor-token-of-this-start';
  state = 'running';
  /** It takes the request and never answers. */
  isSilent = false;
  app: StandInApp = {
    slug: 'a0d7b954_gosip',
    hasApi: true,
    role: 'default',
    services: { mqtt: 'want' },
    address: '127.0.32.1',
    ingressPort: 0,
    hasChosen: true,
    network: { '5060/udp': 5060, '5060/tcp': 5060 },
  };
  /** What the broker's app said; undefined without one. */
  mqtt: Record<string, unknown> | undefined;
  interfaces: Interface[] = [
    { interface: 'end0', primary: true, connected: true, ipv4: ['192.168.1.5/24'], ipv6: ['2001:db8::5/64', 'fe80::5/64'] },
    { interface: 'wlan0', primary: false, connected: true, ipv4: ['192.168.2.5/24'], ipv6: undefined },
  ];
  timeZone = 'Europe/Berlin';
  core = { version: '2026.11.0', ip_address: '172.30.32.1', port: 80, ssl: false };
  readonly asked: string[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(): Promise<SupervisorStandIn> {
    const one = new SupervisorStandIn();
    await new Promise<void>((resolve) => one.#server.listen(0, '127.0.0.1', resolve));
    return one;
  }

  /** In place of `http://supervisor`. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', 'http://supervisor');
    this.asked.push(`${request.method} ${pathname}`);
    if (this.isSilent) return;
    const reply = (status: number, body: unknown) =>
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    try {
      if (!readyStates.has(this.state)) throw new Refusal(400, `System is not ready with state: ${this.state}`);
      if (!this.#isAllowed(request, pathname, response)) return;
      reply(200, { result: 'ok', data: this.#data(request.method ?? '', pathname) });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      reply(error.status, { result: 'error', message: error.message });
    }
  }

  /** What its middleware refuses is plain text. */
  #isAllowed({ headers }: IncomingMessage, path: string, response: ServerResponse): boolean {
    const token = headers['x-supervisor-token'] ?? headers.authorization?.split(' ').at(-1);
    const { hasApi, role } = this.app;
    const isOurs = token === this.token;
    const isFree = bypass.test(path) || (hasApi && roles[role].test(path));
    const status = token === undefined || token === '' ? 401 : isOurs && isFree ? 200 : 403;
    if (status !== 200) response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${status}: Refused`);
    return status === 200;
  }

  #data(method: string, path: string): unknown {
    const service = /^\/services\/([^/]+)$/.exec(path)?.[1];
    if (service !== undefined && method === 'GET') return this.#service(service);
    const one = {
      '/info': () => this.#info(),
      '/addons/self/info': () => this.#self(),
      '/network/info': () => this.#network(),
      '/core/info': () => this.#core(),
    }[path];
    if (one === undefined) throw new Refusal(404, '404: Not Found');
    if (method !== 'GET') throw new Refusal(405, '405: Method Not Allowed');
    return one();
  }

  #service(name: string): unknown {
    if (!knownServices.has(name)) throw new Refusal(404, 'Service does not exist');
    if (this.app.services[name] === undefined) throw new Refusal(403, `No access to ${name} service!`);
    if (name !== 'mqtt' || this.mqtt === undefined) throw new Refusal(400, 'Service not enabled');
    return { addon: 'core_mosquitto', ssl: false, protocol: '3.1.1', ...this.mqtt };
  }

  #info() {
    return {
      supervisor: '2026.10.1',
      homeassistant: this.core.version,
      hassos: '16.2',
      docker: '28.3.3',
      hostname: 'homeassistant',
      operating_system: 'Home Assistant OS 16.2',
      features: ['reboot', 'shutdown', 'network'],
      machine: 'green',
      machine_id: 'c0ffee',
      arch: 'aarch64',
      state: this.state,
      supported_arch: ['aarch64'],
      supported: true,
      channel: 'stable',
      logging: 'info',
      timezone: this.timeZone,
    };
  }

  #self() {
    const { slug, address, ingressPort, hasChosen, network, hasApi, role } = this.app;
    return {
      name: 'GoSIP',
      slug,
      hostname: slug.replaceAll('_', '-'),
      dns: [`${slug.replaceAll('_', '-')}.local.hass.io`],
      version: '0.1.0',
      version_latest: '0.1.0',
      update_available: false,
      state: 'started',
      boot: 'auto',
      options: {},
      schema: [],
      network,
      network_description: {},
      host_network: true,
      hassio_api: hasApi,
      hassio_role: role,
      ingress: true,
      ingress_entry: '/api/hassio_ingress/x7Kq-9_token',
      ingress_url: '/api/hassio_ingress/x7Kq-9_token/',
      ingress_port: hasChosen ? ingressPort : 0,
      ingress_panel: true,
      ip_address: address,
      watchdog: false,
      auto_update: false,
      rating: 7,
      protected: true,
    };
  }

  #network() {
    const addresses = (given: readonly string[] | undefined) =>
      given === undefined
        ? null
        : { method: 'auto', address: given, nameservers: [], gateway: null, route_metric: null, ready: true };
    return {
      interfaces: this.interfaces.map(({ ipv4, ipv6, ...rest }) => ({
        ...rest,
        type: 'ethernet',
        enabled: true,
        mac: '02:00:00:00:00:05',
        ipv4: addresses(ipv4),
        ipv6: addresses(ipv6),
        wifi: null,
        vlan: null,
        mdns: 'default',
        llmnr: 'default',
      })),
      docker: { interface: 'hassio', address: '172.30.32.0/23', gateway: '172.30.32.1', dns: '172.30.32.3' },
      host_internet: true,
      supervisor_internet: true,
    };
  }

  #core() {
    const rest = {
      machine: 'green',
      arch: 'aarch64',
      image: 'ghcr.io/home-assistant/green-homeassistant',
      boot: true,
      watchdog: true,
    };
    return {
      ...this.core,
      version_latest: this.core.version,
      update_available: false,
      ...rest,
      audio_input: null,
      audio_output: null,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
