import { setTimeout as sleep } from 'node:timers/promises';
import { BaresipPhone } from './baresip-phone.ts';
import { comesTrue } from './phone-house.ts';
import type { PhoneHouse, PhoneKind, PluggedPhone } from './phone-house.ts';
import type { TriedPhone } from './phone-kinds.ts';
import type { RealPhone, Transport } from './real-phone.ts';
import type { WireMessage } from './wire.ts';

/** What one phone did, by question. */
export type Facts = { readonly name: string; readonly answers: ReadonlyMap<string, string> };

const baresip: PhoneKind = { start: (options) => BaresipPhone.start(options), transport: 'udp' };
const shortest = 60;
/** How long a phone is watched that has lost its connection. */
const patienceSeconds = 75;

/** Watches one phone at a house that is its alone, with two phones beside it. Nothing is taken from anywhere but this run. */
export async function watchPhone(stage: PhoneHouse, tried: TriedPhone): Promise<Facts> {
  const kitchen = (await stage.plug(baresip, '12', { toneHz: 450 })).phone;
  const study = (await stage.plug(baresip, '13', { toneHz: 1000 })).phone;
  const kind = kindOf(tried, tried.transports[0]);
  const own = await stage.plug(kind, '11', { toneHz: 700 });
  const watch = new Watch(stage, { own, kitchen, study });
  const answers = new Map([
    ['version', own.phone.version],
    ['its Contact', watch.contact()],
    ...(await watch.inACall()),
    ...(await watch.whenItsPowerFails()),
  ]);
  const [refresh, password, sha256, back] = await Promise.all([
    watch.refresh(),
    watch.wrongPassword(),
    watch.sha256(),
    watch.transports(tried),
  ]);
  return { name: own.phone.name, answers: new Map([...answers, ...refresh, ...password, ...sha256, ...back]) };
}

function kindOf({ start, type }: TriedPhone, transport: Transport): PhoneKind {
  return { start, transport, ...(type === undefined ? {} : { type }) };
}

type Answers = [string, string][];
type Cast = { readonly own: PluggedPhone; readonly kitchen: RealPhone; readonly study: RealPhone };

class Watch {
  readonly #stage: PhoneHouse;
  readonly #cast: Cast;
  #extension = 20;

  constructor(stage: PhoneHouse, cast: Cast) {
    this.#stage = stage;
    this.#cast = cast;
  }

  contact(): string {
    const { own } = this.#cast;
    const text = this.#said(own.phone.address, 'REGISTER').at(-1)?.text ?? '';
    const parameters = [...contactOf(text).matchAll(/;(\+?[a-z.-]+)(?==|;|>|$)/gi)].map(([, name = '']) => name.toLowerCase());
    return parameters.filter((name) => name !== 'expires').join(', ') || 'no parameters';
  }

  async inACall(): Promise<Answers> {
    const { own, kitchen, study } = this.#cast;
    await own.phone.dial('12');
    await kitchen.told('rings');
    await kitchen.answer();
    await Promise.all([kitchen.told('talks'), own.phone.told('talks')]);
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
    const since = this.#stage.wire.messages.length;
    await own.phone.transfer('13');
    await study.told('rings');
    await study.answer();
    await Promise.all([study.told('talks'), own.phone.told('ended')]);
    const refer = this.#said(own.phone.address, 'REFER').at(-1)?.text ?? '';
    const bye = this.#stage.wire.messages.slice(since).find(({ text }) => text.startsWith('BYE '));
    await study.hangUp();
    await kitchen.told('ended');
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

  async whenItsPowerFails(): Promise<Answers> {
    const { own, kitchen } = this.#cast;
    const { wire } = this.#stage;
    await own.phone.kill();
    const start = performance.now();
    const before = wire.answers(kitchen.address).length;
    await kitchen.dial('11');
    await kitchen.told('ended', 60);
    await comesTrue(() => wire.answers(kitchen.address).length > before, 5);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    return [['its power fails: a caller gets', `${wire.answers(kitchen.address).at(-1)} after ${seconds} s`]];
  }

  /** Registers for the shortest time there is, and waits for the next REGISTER. */
  async refresh(): Promise<Answers> {
    const { address } = await this.#startAnother({ expires: shortest });
    if (
      !(await comesTrue(() => this.#said(address, 'REGISTER').some(({ text }) => /^(?:proxy-)?authorization:/im.test(text)), 30))
    ) {
      return [[`refresh of ${shortest} s`, 'it did not register for so short a time']];
    }
    const start = performance.now();
    const before = this.#said(address, 'REGISTER').length;
    if (!(await comesTrue(() => this.#said(address, 'REGISTER').length > before, shortest + 10)))
      return [[`refresh of ${shortest} s`, 'none']];
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    const hasCredentials = /^authorization:/im.test(this.#said(address, 'REGISTER')[before]?.text ?? '');
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
    const tries = this.#said(address, 'REGISTER').filter(({ text }) => /^authorization:/im.test(text));
    return [['a wrong password: tries in 15 s', String(tries.length)]];
  }

  async sha256(): Promise<Answers> {
    const { address, id } = await this.#startAnother({ sha256: true });
    await sleep(10_000);
    const said = this.#said(address, 'REGISTER').findLast(({ text }) => /^authorization:/im.test(text));
    const algorithm = /algorithm="?([\w-]+)/i.exec(said?.text ?? '')?.[1] ?? 'MD5';
    const isRegistered = (await this.#stage.registrations({ id })).length > 0;
    return [
      [
        'its device is set to `sha256`',
        said === undefined ? 'answers nothing' : `${algorithm}, ${isRegistered ? 'registered' : 'refused'}`,
      ],
    ];
  }

  /** All transports at once through a restart of the exchange: when is each back? */
  async transports(tried: TriedPhone): Promise<Answers> {
    // Not while the others are watched: they would see the restart too.
    await sleep((shortest + 12) * 1000);
    const plugged: PluggedPhone[] = [];
    for (const transport of tried.transports) {
      plugged.push(await this.#stage.plug(kindOf(tried, transport), String(this.#extension++), { toneHz: 700 }));
    }
    const back = plugged.map(({ phone }) => this.#stage.registersFromNow(phone.address));
    await this.#stage.restart();
    const start = performance.now();
    const answers = await Promise.all(
      plugged.map(async ({ kind: { transport } }, index): Promise<string> => {
        if (transport === 'udp') return 'rings at once';
        const isBack = await comesTrue(() => back[index]?.() === true, patienceSeconds);
        return isBack
          ? `registered after ${((performance.now() - start) / 1000).toFixed(0)} s`
          : `not back within ${patienceSeconds} s`;
      }),
    );
    for (const [index, { login, phone }] of plugged.entries()) {
      if (answers[index]?.startsWith('not') === false) await this.#mustRing(login.extension, phone);
    }
    const lines = answers.map((answer, index) => `${plugged[index]?.kind.transport}: ${answer}`);
    return [['the exchange is killed and starts again', lines.join('; ')]];
  }

  async #mustRing(extension: string, phone: RealPhone): Promise<void> {
    const { kitchen } = this.#cast;
    await kitchen.dial(extension);
    await phone.told('rings');
    await kitchen.hangUp();
    await kitchen.told('ended');
  }

  async #startAnother(more: { expires?: number; password?: string; sha256?: boolean }): Promise<{ address: string; id: string }> {
    const { kind } = this.#cast.own;
    const { house, address: exchange, wire } = this.#stage;
    const { sha256 = false, password, ...settings } = more;
    const made = await house.addDevice(String(this.#extension++), { type: kind.type ?? 'softphone', sha256 });
    const login = { ...made, password: password ?? made.password };
    const place = this.#stage.place();
    const phone = await kind.start({ login, place, exchange, transport: kind.transport, toneHz: 700, wire, ...settings });
    this.#stage.keep(phone);
    return { address: place.address, id: made.id };
  }

  #said(address: string, method: string): WireMessage[] {
    return this.#stage.wire.messages.filter(({ from, text }) => from === address && text.startsWith(`${method} `));
  }

  /** The direction in the last description that the phone sent in such a message. */
  #direction(start: RegExp): string {
    const { address } = this.#cast.own.phone;
    const sent = this.#stage.wire.messages.filter(
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
