// A house whose people have one phone each, with audio, for alarms that go along a chain of them.
// Called by src/app/flows/escalation.test.ts.
// Must stay true: all of the house is what the product uses, over real SIP and RTP on loopback.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '#app/app.ts';
import type { App } from '#app/app.ts';
import { createLog } from '#base/log.ts';
import { parseOptions } from '#options/options.ts';
import { VoicePhone } from '#testing/peers/voice-phone.ts';
import { apiCall } from './api-call.ts';
import type { ApiCall } from './api-call.ts';

const host = '127.0.0.1';

export type Person = { readonly id: string; readonly name: string; readonly token: string; readonly phone: VoicePhone };

export type Alarm = {
  readonly id: string;
  readonly state: string;
  readonly takenBy: { readonly name: string; readonly by: string } | null;
  readonly legs: readonly {
    readonly name: string;
    readonly outcome: string | null;
    readonly ringingAt: string | null;
    readonly answeredAt: string | null;
    readonly pressedAt: string | null;
  }[];
};

export class AlarmHouse implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly #folder = mkdtempSync(join(tmpdir(), 'gosip-alarm-'));
  readonly persons = new Map<string, Person>();
  app!: App;
  api!: ApiCall;

  static async start(...names: readonly string[]): Promise<AlarmHouse> {
    const house = new AlarmHouse();
    await house.#open();
    for (const [index, name] of names.entries()) house.persons.set(name, await house.#furnish(name, String(21 + index)));
    return house;
  }

  async #open(): Promise<void> {
    this.#stack.defer(() => rmSync(this.#folder, { recursive: true, force: true }));
    const read = parseOptions({
      data_directory: this.#folder,
      sip_listen: [`udp:${host}:0`],
      http_host: host,
      http_port: 0,
      media: 'direct',
    });
    if (read.kind === 'problems') throw new Error(read.problems.join('; '));
    this.app = this.#stack.use(await createApp(read.options, { log: createLog({ level: 'silent' }), isReplyStrict: true }));
    this.api = apiCall(this.url, this.app.adminToken ?? '');
  }

  get url(): string {
    return `http://${host}:${this.app.http.port}`;
  }

  of(name: string): Person {
    const person = this.persons.get(name);
    if (person === undefined) throw new Error(`${name} does not live here`);
    return person;
  }

  /** Steps as names together, such as `['Anna Ben', 'Carla']`; five seconds each. */
  async chain(steps: readonly string[], more: object = {}): Promise<string> {
    const read = steps.map((names) => ({
      seconds: 5,
      targets: names.split(' ').map((name) => ({ kind: 'person', id: this.of(name).id })),
    }));
    const made = await this.api<{ id: string }>('POST', '/escalation-chains', { name: 'Smoke', steps: read, rounds: 1, ...more });
    return made.id;
  }

  async alarm(chainId: string, more: object = {}): Promise<string> {
    const message = { kind: 'prompt', name: 'call-for-help' };
    return (await this.api<Alarm>('POST', '/escalations', { chainId, message, ...more })).id;
  }

  get(id: string): Promise<Alarm> {
    return this.api<Alarm>('GET', `/escalations/${id}`);
  }

  async #furnish(name: string, extension: string): Promise<Person> {
    const { id } = await this.api<{ id: string }>('POST', '/users', { username: name.toLowerCase(), name });
    const { token } = await this.api<{ token: string }>('POST', '/api-tokens', { name, personId: id });
    type Login = { readonly username: string; readonly secret: string };
    const device = { name: `${name}'s phone`, extension, type: 'softphone', personId: id };
    const { username, secret } = await this.api<Login>('POST', '/devices', device);
    const registrar = { host, port: Number(this.app.sip[0]?.split(':').at(-1)) };
    const login = { address: host, username, password: secret, registrar };
    const phone = this.#stack.use(await VoicePhone.start({ ...login, incomingCallAction: 'ring' }));
    await phone.phone.register();
    return { id, name, token, phone };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
