import type { House } from '#testing/harness/house.ts';
import type { Figures } from './figures.ts';

type DeviceReply = { readonly id: string; readonly isRegistered: boolean };
type CallReply = { readonly id: string; readonly disposition: string | null };
type Page<Item> = { readonly items: readonly Item[]; readonly total: number };

/** What the house has said is kept, and what of it is missing. */
export class DurabilityChecker {
  readonly lost: string[] = [];
  readonly #figures: Figures;
  readonly #devices = new Set<string>();
  /** Phones whose last REGISTER was answered with 200 and stored. */
  readonly #registered = new Map<string, { readonly extension: string; readonly at: number }>();
  readonly #calls = new Map<string, string>();

  constructor(figures: Figures) {
    this.#figures = figures;
  }

  deviceAcknowledged(id: string): void {
    this.#devices.add(id);
    this.#figures.add('Devices', 'acknowledged');
  }

  /** Something is under way for this phone: until it is answered nothing is certain. */
  registrationPending(deviceId: string): void {
    this.#registered.delete(deviceId);
  }

  registrationAcknowledged(deviceId: string, extension: string): void {
    this.#registered.set(deviceId, { extension, at: performance.now() });
    this.#figures.add('Registrations', 'acknowledged');
  }

  /** Notes the newest ended calls of the API. */
  async recordCalls(house: House): Promise<void> {
    const { items } = await house.api<Page<CallReply>>('GET', '/cdrs?per_page=100');
    for (const { id, disposition } of items) {
      if (disposition === null || this.#calls.has(id)) continue;
      this.#calls.set(id, disposition);
      this.#figures.add('Records', 'acknowledged');
    }
  }

  /** The phones are looked at before any of them can register again. */
  async verifyPhones(house: House): Promise<void> {
    const devices = new Map((await all<DeviceReply>(house, '/devices')).map((device) => [device.id, device]));
    for (const id of this.#devices) {
      if (!devices.has(id)) this.#lose('Devices', `device ${id} was acknowledged and is gone`);
    }
    for (const [id, { extension, at }] of this.#registered) {
      if (devices.get(id)?.isRegistered === true) continue;
      const seconds = ((performance.now() - at) / 1000).toFixed(1);
      this.#lose('Registrations', `phone ${extension} had its 200 ${seconds} s ago and is not registered after the power cut`);
    }
  }

  async verifyCalls(house: House): Promise<void> {
    const found = new Map((await all<CallReply>(house, '/cdrs')).map(({ id, disposition }) => [id, disposition]));
    for (const [id, disposition] of this.#calls) {
      const now = found.get(id);
      if (now !== disposition) this.#lose('Records', `call ${id} was reported as ${disposition} and is ${now ?? 'gone'}`);
    }
  }

  #lose(title: string, what: string): void {
    this.lost.push(what);
    this.#figures.add(title, 'LOST');
  }
}

async function all<Item>(house: House, path: string): Promise<Item[]> {
  const items: Item[] = [];
  for (let page = 1; ; page += 1) {
    const reply = await house.api<Page<Item>>('GET', `${path}?per_page=100&page=${page}`);
    items.push(...reply.items);
    if (page * 100 >= reply.total) return items;
  }
}
