import { setTimeout as sleep } from 'node:timers/promises';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import type { PhoneCall } from '#testing/peers/simulated-phone.ts';
import type { DurabilityChecker } from './durability-checker.ts';
import type { ChaosHouse } from './chaos-house.ts';
import type { Figures } from './figures.ts';

/** A person who calls for help hangs up and dials again when nothing is heard for so long. */
const answerTimeoutMs = 12_000;
/** An emergency call is lost where it has not got through so long after the house could be called. */
const emergencyCallLimitMs = 30_000;
/** No kill may put the end of that off for ever. */
const emergencyCallMaxMs = 90_000;

export type WorkloadPhone = { readonly login: DeviceLogin; readonly phone: SimulatedPhone };

export type WorkloadDeps = {
  readonly house: ChaosHouse;
  readonly acknowledged: DurabilityChecker;
  readonly figures: Figures;
  readonly random: (below: number) => number;
  readonly say: (what: string) => void;
};

/** The people: each phone registers, calls another, a number outside, or for help, all the time. */
export class Workload {
  readonly members: WorkloadPhone[] = [];
  readonly deps: WorkloadDeps;
  #isOver = false;

  constructor(deps: WorkloadDeps) {
    this.deps = deps;
  }

  async addPhones(count: number, addressOf: (index: number) => string): Promise<void> {
    const { house } = this.deps;
    const registrar = { host: house.address, port: house.sipPort };
    for (let index = 0; index < count; index += 1) {
      const login = await house.house.addDevice(String(11 + index));
      const { username, password } = login;
      const phone = await SimulatedPhone.start({ address: addressOf(index), username, password, registrar });
      const member = { login, phone };
      await this.#register(member);
      this.members.push(member);
    }
  }

  /** Resolves when every phone has come to the end of what it was at. */
  async run(): Promise<void> {
    await Promise.all(this.members.map((member) => this.runPhone(member)));
  }

  /** No phone begins anything more. */
  stop(): void {
    this.#isOver = true;
  }

  async runPhone(member: WorkloadPhone): Promise<void> {
    const { house, random } = this.deps;
    while (!this.#isOver) {
      await house.up();
      const choice = random(10);
      if (choice < 3) await this.#register(member);
      else if (choice < 7) await this.#call(member, 'Calls inside', String(11 + random(this.members.length)));
      else if (choice < 8) await this.#call(member, 'Calls outside', `613555${1000 + random(9000)}`);
      else await this.#callEmergency(member);
      await sleep(100 + random(900));
    }
  }

  async #register({ login, phone }: WorkloadPhone): Promise<void> {
    const { house, acknowledged, figures } = this.deps;
    acknowledged.registrationPending(login.id);
    const { upSince } = house;
    const isKept = () => house.isClockTrue && !house.isDiskFull;
    const wasKept = isKept();
    const status = await Promise.race([phone.register(), sleep(answerTimeoutMs, 0)]);
    // What was said under a wrong clock or on a full disk is true until the next power cut only, and the log says so.
    if (status === 200 && wasKept && isKept() && house.upSince === upSince)
      acknowledged.registrationAcknowledged(login.id, login.extension);
    else figures.add('Registrations', status === 200 ? 'for this run only' : `answered ${status || 'not at all'}`);
  }

  async #call({ login, phone }: WorkloadPhone, title: string, dialled: string): Promise<void> {
    if (dialled === login.extension) return;
    const { figures, random } = this.deps;
    figures.add(title, 'tried');
    const call = phone.call(dialled);
    if (!(await isAnswered(call))) {
      figures.add(title, call.status === 0 ? 'without an answer' : `refused with ${call.status}`);
      return hangUpOrCancel(phone, call);
    }
    figures.add(title, 'connected');
    await sleep(200 + random(1500));
    hangUpOrCancel(phone, call);
  }

  /** Dials again until help is there, as a person does. */
  async #callEmergency({ login, phone }: WorkloadPhone): Promise<void> {
    const { figures, random, acknowledged } = this.deps;
    figures.add('Emergency calls', 'tried');
    const start = performance.now();
    const seen: string[] = [];
    for (;;) {
      const call = phone.call('911');
      if (await isAnswered(call)) {
        figures.add('Emergency calls', seen.length === 0 ? 'out at once' : 'out after dialling again');
        await sleep(500 + random(1500));
        return hangUpOrCancel(phone, call);
      }
      hangUpOrCancel(phone, call);
      seen.push(call.status === 0 ? 'no answer' : String(call.status));
      this.deps.say(`phone ${login.extension} dials 911 again: ${seen.at(-1)}`);
      figures.add('Emergency calls, attempts', seen.at(-1) ?? '');
      if (this.#isTooLate(start)) {
        acknowledged.lost.push(`phone ${login.extension} could not call for help: ${seen.join(', ')}`);
        figures.add('Emergency calls', 'LOST');
        return;
      }
      await sleep(300);
    }
  }

  #isTooLate(start: number): boolean {
    const { upSince } = this.deps.house;
    const now = performance.now();
    const isLate = upSince !== undefined && now - Math.max(start, upSince) > emergencyCallLimitMs;
    return isLate || now - start > emergencyCallMaxMs;
  }
}

async function isAnswered(call: PhoneCall): Promise<boolean> {
  const end = performance.now() + answerTimeoutMs;
  while (call.state !== 'answered' && call.state !== 'ended' && performance.now() < end) await sleep(20);
  return call.state === 'answered';
}

/** Sends CANCEL or BYE without waiting for the answer. */
function hangUpOrCancel(phone: SimulatedPhone, call: PhoneCall): void {
  if (call.state !== 'ended') phone.hangup(call).catch(() => {});
}
