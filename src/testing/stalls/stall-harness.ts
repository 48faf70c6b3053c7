import { freePort } from '#testing/base/free-port.ts';
import { House } from '#testing/harness/house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import type { PhoneCall, SimulatedPhoneOptions } from '#testing/peers/simulated-phone.ts';
import type { CallKind } from './call-kinds.ts';

const callers = 12;
const calleeBehaviours: readonly CallKind['dials'][] = [
  ...(['answer', 'answer', 'answer', 'answer-late', 'answer-and-hang-up'] as const),
  ...(['busy', 'decline', 'ring', 'silent'] as const),
];

type Callee = { readonly dials: CallKind['dials']; readonly number: string; readonly phone: SimulatedPhone };
type HarnessPhones = { readonly house: House; readonly callers: readonly SimulatedPhone[]; readonly callees: readonly Callee[] };

/** A real house, those who call, those who are called, and a way outside, each at an address of its own. */
export class StallHarness implements AsyncDisposable {
  readonly house: House;
  readonly phones: HarnessPhones;
  readonly stack: AsyncDisposableStack;

  private constructor(phones: HarnessPhones, stack: AsyncDisposableStack) {
    this.house = phones.house;
    this.phones = phones;
    this.stack = stack;
  }

  static async build(random: (below: number) => number): Promise<StallHarness> {
    await using stack = new AsyncDisposableStack();
    const net = `127.0.${100 + (process.pid % 150)}`;
    const address = `${net}.1`;
    const registrar = { host: address, port: await freePort(address) };
    const account = { username: 'trunk', password: 'unused', registrar };
    const pstnTrunk = stack.use(await SimulatedPhone.start({ address: `${net}.21`, ...account }));
    const environment = { GOSIP_RING_SECONDS: '5' };
    const house = stack.use(await House.start({ address, sipPort: registrar.port, environment, trunks: [trunkOf(pstnTrunk)] }));
    const phoneAt = async (index: number, dials: CallKind['dials']) => {
      const number = String(11 + index);
      const { username, password } = await house.addDevice(number);
      const common = { address: `${net}.${31 + index}`, username, password, registrar };
      const phone = stack.use(await SimulatedPhone.start({ ...common, ...calleeBehaviour(dials, random) }));
      const status = await phone.register();
      if (status !== 200) throw new Error(`Phone ${number} was answered ${status} when it registered`);
      phone.isDead = dials === 'silent';
      return { dials, number, phone };
    };
    const callees: Callee[] = [{ dials: 'help', number: '911', phone: pstnTrunk }];
    for (const [index, dials] of calleeBehaviours.entries()) callees.push(await phoneAt(index, dials));
    const lines: SimulatedPhone[] = [];
    for (let index = 0; index < callers; index += 1) lines.push((await phoneAt(calleeBehaviours.length + index, 'ring')).phone);
    return new StallHarness({ house, callers: lines, callees }, stack.move());
  }

  caller(index: number): SimulatedPhone {
    const phone = this.phones.callers[index % callers];
    if (phone === undefined) throw new Error('There is no phone to call');
    return phone;
  }

  numberOf(kind: CallKind, random: (below: number) => number): string {
    const numbers = this.phones.callees.filter(({ dials }) => dials === kind.dials).map(({ number }) => number);
    return numbers[random(numbers.length)] ?? '';
  }

  /** Calls that are not over for one of those who were called. */
  get openCalls(): readonly PhoneCall[] {
    return this.phones.callees.flatMap(({ phone }) => phone.calls.filter(({ state }) => state !== 'ended'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stack.disposeAsync();
  }
}

type CalleeBehaviour = Pick<SimulatedPhoneOptions, 'incomingCallAction' | 'answersAfterMs'>;

function calleeBehaviour(dials: CallKind['dials'], random: (below: number) => number): CalleeBehaviour {
  if (dials === 'answer-late') return { incomingCallAction: 'answer', answersAfterMs: () => 1 + random(400) };
  return { incomingCallAction: dials === 'silent' || dials === 'help' ? 'ring' : dials };
}

function trunkOf(trunk: SimulatedPhone): object {
  const [, host, port] = /@(.+):(\d+)$/.exec(trunk.contact) ?? [];
  return { name: 'outside', host, port: Number(port), transport: 'udp' };
}
