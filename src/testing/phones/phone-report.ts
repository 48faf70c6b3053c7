import { setTimeout as sleep } from 'node:timers/promises';
import { BaresipPhone } from './baresip-phone.ts';
import { becomesTrue } from './real-phone-harness.ts';
import type { RealPhoneHarness, PhoneKind, RunningPhone } from './real-phone-harness.ts';
import type { PhoneUnderTest } from './phones-under-test.ts';
import type { RealPhone, Transport } from './real-phone.ts';
import type { CapturedMessage } from './packet-capture.ts';

/** What one phone did, by question. */
export type PhoneReport = { readonly name: string; readonly answers: ReadonlyMap<string, string> };

const baresip: PhoneKind = { start: (options) => BaresipPhone.start(options), transport: 'udp' };
const shortest = 60;
/** How long a phone is watched that has lost its connection. */
const reconnectTimeoutSeconds = 75;

/** Watches one phone at a house that is its alone, with two phones beside it. Nothing is taken from anywhere but this run. */
export async function observePhone(harness: RealPhoneHarness, tried: PhoneUnderTest): Promise<PhoneReport> {
  const kitchen = (await harness.startPhone(baresip, '12', { toneHz: 450 })).phone;
  const study = (await harness.startPhone(baresip, '13', { toneHz: 1000 })).phone;
  const kind = kindOf(tried, tried.transports[0]);
  const own = await harness.startPhone(kind, '11', { toneHz: 700 });
  const observation = new PhoneObservation(harness, { own, kitchen, study });
  const answers = new Map([
    ['version', own.phone.version],
    ['its Contact', observation.contact()],
    ...(await observation.duringCall()),
    ...(await observation.afterPowerFailure()),
  ]);
  const [refresh, password, sha256, back] = await Promise.all([
    observation.refresh(),
    observation.wrongPassword(),
    observation.sha256(),
    observation.transports(tried),
  ]);
  return { name: own.phone.name, answers: new Map([...answers, ...refresh, ...password, ...sha256, ...back]) };
}

function kindOf({ start, type }: PhoneUnderTest, transport: Transport): PhoneKind {
  return { start, transport, ...(type === undefined ? {} : { type }) };
}

type Answers = [string, string][];
type PhonesInTest = { readonly own: RunningPhone; readonly kitchen: RealPhone; readonly study: RealPhone };

class PhoneObservation {
  readonly #harness: RealPhoneHarness;
  readonly phones: PhonesInTest;
  #extension = 20;

  constructor(harness: RealPhoneHarness, phones: PhonesInTest) {
    this.#harness = harness;
    this.phones = phones;
  }

  contact(): string {
    const { own } = this.phones;
    const text = this.messagesFrom(own.phone.address, 'REGISTER').at(-1)?.text ?? '';
    const parameters = [...contactOf(text).matchAll(/;(\+?[a-z.-]+)(?==|;|>|$)/gi)].map(([, name = '']) => name.toLowerCase());
    return parameters.filter((name) => name !== 'expires').join(', ') || 'no parameters';
  }

  async duringCall(): Promise<Answers> {
    const { own, kitchen, study } = this.phones;
    await own.phone.dial('12');
    await kitchen.waitFor('rings');
    await kitchen.answer();
    await Promise.all([kitchen.waitFor('talks'), own.phone.waitFor('talks')]);
    const holds = await this.#after(
      () => own.phone.hold(),
      () => this.#direction(/^INVITE /),
    );
    await this.#after(
      () => own.phone.resume(),
      () => this.#direction(/^INVITE /),
    );
    const isHeld = await this.#after(
      () => kitchen.hold(),
      () => this.#direction(/^SIP\/2\.0 200 /),
    );
    await this.#after(
      () => kitchen.resume(),
      () => this.#direction(/^SIP\/2\.0 200 /),
    );
    const since = this.#harness.capture.messages.length;
    await own.phone.transfer('13');
    await study.waitFor('rings');
    await study.answer();
    await Promise.all([study.waitFor('talks'), own.phone.waitFor('ended')]);
    const refer = this.messagesFrom(own.phone.address, 'REFER').at(-1)?.text ?? '';
    const bye = this.#harness.capture.messages.slice(since).find(({ text }) => text.startsWith('BYE '));
    await study.hangUp();
    await kitchen.waitFor('ended');
    return [
      ['holds with', holds],
      ['answers hold with', isHeld],
      [
        'hands over with',
        `REFER${/^referred-by:/im.test(refer) ? ', Referred-By' : ''}${/^refer-sub:/im.test(refer) ? ', Refer-Sub' : ''}`,
      ],
      ['after that the BYE comes from', bye?.from === own.phone.address ? 'the phone' : 'GoSIP'],
    ];
  }

  async afterPowerFailure(): Promise<Answers> {
    const { own, kitchen } = this.phones;
    const { capture } = this.#harness;
    await own.phone.kill();
    const start = performance.now();
    const before = capture.finalStatusesTo(kitchen.address).length;
    await kitchen.dial('11');
    await kitchen.waitFor('ended', 60);
    await becomesTrue(() => capture.finalStatusesTo(kitchen.address).length > before, 5);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    return [['its power fails: a caller gets', `${capture.finalStatusesTo(kitchen.address).at(-1)} after ${seconds} s`]];
  }

  /** Registers for the shortest time there is, and waits for the next REGISTER. */
  async refresh(): Promise<Answers> {
    const { address } = await this.#startAnother({ expires: shortest });
    if (
      !(await becomesTrue(
        () => this.messagesFrom(address, 'REGISTER').some(({ text }) => /^(?:proxy-)?authorization:/im.test(text)),
        30,
      ))
    ) {
      return [[`refresh of ${shortest} s`, 'it did not register for so short a time']];
    }
    const start = performance.now();
    const before = this.messagesFrom(address, 'REGISTER').length;
    if (!(await becomesTrue(() => this.messagesFrom(address, 'REGISTER').length > before, shortest + 10)))
      return [[`refresh of ${shortest} s`, 'none']];
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    const hasCredentials = /^authorization:/im.test(this.messagesFrom(address, 'REGISTER')[before]?.text ?? '');
    return [
      [
        `refresh of ${shortest} s`,
        `after ${seconds} s, ${hasCredentials ? 'credentials at once' : 'asks for a new nonce first'}`,
      ],
    ];
  }

  async wrongPassword(): Promise<Answers> {
    const { address } = await this.#startAnother({ password: 'not-the-password' });
    await sleep(15_000);
    const tries = this.messagesFrom(address, 'REGISTER').filter(({ text }) => /^authorization:/im.test(text));
    return [['a wrong password: tries in 15 s', String(tries.length)]];
  }

  async sha256(): Promise<Answers> {
    const { address, id } = await this.#startAnother({ sha256: true });
    await sleep(10_000);
    const said = this.messagesFrom(address, 'REGISTER').findLast(({ text }) => /^authorization:/im.test(text));
    const algorithm = /algorithm="?([\w-]+)/i.exec(said?.text ?? '')?.[1] ?? 'MD5';
    const isRegistered = (await this.#harness.registrations({ id })).length > 0;
    return [
      [
        'its device is set to `sha256`',
        said === undefined ? 'answers nothing' : `${algorithm}, ${isRegistered ? 'registered' : 'refused'}`,
      ],
    ];
  }

  /** All transports at once through a restart of the exchange: when is each back? */
  async transports(tried: PhoneUnderTest): Promise<Answers> {
    // Not while the others are watched: they would see the restart too.
    await sleep((shortest + 12) * 1000);
    const plugged: RunningPhone[] = [];
    for (const transport of tried.transports) {
      plugged.push(await this.#harness.startPhone(kindOf(tried, transport), String(this.#extension++), { toneHz: 700 }));
    }
    const back = plugged.map(({ phone }) => this.#harness.registrationWatcher(phone.address));
    await this.#harness.restart();
    const start = performance.now();
    const answers = await Promise.all(
      plugged.map(async ({ kind: { transport } }, index): Promise<string> => {
        if (transport === 'udp') return 'rings at once';
        const isBack = await becomesTrue(() => back[index]?.() === true, reconnectTimeoutSeconds);
        return isBack
          ? `registered after ${((performance.now() - start) / 1000).toFixed(0)} s`
          : `not back within ${reconnectTimeoutSeconds} s`;
      }),
    );
    for (const [index, { login, phone }] of plugged.entries()) {
      if (answers[index]?.startsWith('not') === false) await this.#expectRing(login.extension, phone);
    }
    const lines = answers.map((answer, index) => `${plugged[index]?.kind.transport}: ${answer}`);
    return [['the exchange is killed and starts again', lines.join('; ')]];
  }

  async #expectRing(extension: string, phone: RealPhone): Promise<void> {
    const { kitchen } = this.phones;
    await kitchen.dial(extension);
    await phone.waitFor('rings');
    await kitchen.hangUp();
    await kitchen.waitFor('ended');
  }

  async #startAnother(more: { expires?: number; password?: string; sha256?: boolean }): Promise<{ address: string; id: string }> {
    const { kind } = this.phones.own;
    const { house, address: exchange, capture } = this.#harness;
    const { sha256 = false, password, ...settings } = more;
    const made = await house.addDevice(String(this.#extension++), { type: kind.type ?? 'softphone', sha256 });
    const login = { ...made, password: password ?? made.password };
    const place = this.#harness.addNetns();
    const phone = await kind.start({
      login,
      netns: place,
      exchange,
      transport: kind.transport,
      toneHz: 700,
      capture,
      ...settings,
    });
    this.#harness.endWithHarness(phone);
    return { address: place.address, id: made.id };
  }

  messagesFrom(address: string, method: string): CapturedMessage[] {
    return this.#harness.capture.messages.filter(({ from, text }) => from === address && text.startsWith(`${method} `));
  }

  /** The direction in the last description that the phone sent in such a message. */
  #direction(start: RegExp): string {
    const { address } = this.phones.own.phone;
    const sent = this.#harness.capture.messages.filter(
      ({ from, text }) => from === address && start.test(text) && /^m=audio/m.test(text),
    );
    const text = sent.at(-1)?.text ?? '';
    return /^a=(sendrecv|sendonly|recvonly|inactive)/m.exec(text)?.[1] ?? 'no direction';
  }

  /** What is found a moment after something was done. */
  async #after(act: () => Promise<void>, find: () => string): Promise<string> {
    await act();
    await sleep(2000);
    return find();
  }
}

function contactOf(text: string): string {
  return /^(?:contact|m)\s*:\s*(.*)$/im.exec(text)?.[1] ?? '';
}
