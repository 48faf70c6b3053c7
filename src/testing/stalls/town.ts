import { freePort } from '#testing/peers/free-port.ts';
import { House } from '#testing/harness/house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import type { PhoneCall, SimulatedPhoneOptions } from '#testing/peers/simulated-phone.ts';
import type { Kind } from './kinds.ts';

const callers = 12;
const called: readonly Kind['dials'][] = [
  ...(['answer', 'answer', 'answer', 'answer-late', 'answer-and-hang-up'] as const),
  ...(['busy', 'decline', 'ring', 'silent'] as const),
];

type Callee = { readonly dials: Kind['dials']; readonly number: string; readonly phone: SimulatedPhone };
type Living = { readonly house: House; readonly callers: readonly SimulatedPhone[]; readonly callees: readonly Callee[] };

/** A real house, those who call, those who are called, and a way outside, each at an address of its own. */
export class Town implements AsyncDisposable {
  readonly house: House;
  readonly #living: Living;
  readonly #parts: AsyncDisposableStack;

  private constructor(living: Living, parts: AsyncDisposableStack) {
    this.house = living.house;
    this.#living = living;
    this.#parts = parts;
  }

  static async build(random: (below: number) => number): Promise<Town> {
    await using parts = new AsyncDisposableStack();
    const net = `127.0.${100 + (process.pid % 150)}`;
    const address = `${net}.1`;
    const registrar = { host: address, port: await freePort(address) };
    const account = { username: 'trunk', password: 'unused', registrar };
    const outside = parts.use(await SimulatedPhone.start({ address: `${net}.21`, ...account }));
    const environment = { GOSIP_RING_SECONDS: '5', GOSIP_TRUNKS: JSON.stringify([trunkOption(outside)]) };
    const house = parts.use(await House.start({ address, sipPort: registrar.port, environment }));
    const phoneAt = async (index: number, dials: Kind['dials']) => {
      const number = String(11 + index);
      const { username, password } = await house.addDevice(number);
      const common = { address: `${net}.${31 + index}`, username, password, registrar };
      const phone = parts.use(await SimulatedPhone.start({ ...common, ...mannerOf(dials, random) }));
      const status = await phone.register();
      if (status !== 200) throw new Error(`Phone ${number} was answered ${status} when it registered`);
      phone.isDead = dials === 'silent';
      return { dials, number, phone };
    };
    const callees: Callee[] = [{ dials: 'help', number: '911', phone: outside }];
    for (const [index, dials] of called.entries()) callees.push(await phoneAt(index, dials));
    const lines: SimulatedPhone[] = [];
    for (let index = 0; index < callers; index += 1) lines.push((await phoneAt(called.length + index, 'ring')).phone);
    return new Town({ house, callers: lines, callees }, parts.move());
  }

  caller(index: number): SimulatedPhone {
    const phone = this.#living.callers[index % callers];
    if (phone === undefined) throw new Error('Nobody is there to call');
    return phone;
  }

  numberOf(kind: Kind, random: (below: number) => number): string {
    const numbers = this.#living.callees.filter(({ dials }) => dials === kind.dials).map(({ number }) => number);
    return numbers[random(numbers.length)] ?? '';
  }

  /** Calls that are not over for one of those who were called. */
  get unended(): readonly PhoneCall[] {
    return this.#living.callees.flatMap(({ phone }) => phone.calls.filter(({ state }) => state !== 'ended'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }
}

type Manner = Pick<SimulatedPhoneOptions, 'whenCalled' | 'answersAfterMs'>;

function mannerOf(dials: Kind['dials'], random: (below: number) => number): Manner {
  if (dials === 'answer-late') return { whenCalled: 'answer', answersAfterMs: () => 1 + random(400) };
  return { whenCalled: dials === 'silent' || dials === 'help' ? 'ring' : dials };
}

function trunkOption(trunk: SimulatedPhone): object {
  const [, host, port] = /@(.+):(\d+)$/.exec(trunk.contact) ?? [];
  return { name: 'outside', host, port: Number(port), transport: 'udp' };
}
