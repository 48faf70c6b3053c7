// Takes what Home Assistant asks for: switches, buttons, texts, and the commands of automations.
// Called by the bridge for each message on one of our command topics.
// Must stay true: a retained message is never a command; nonsense is logged once and does nothing.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { LogThrottle } from '#base/throttle.ts';
import type { Command } from '#contract/command.ts';
import { cutText } from '#contract/cut-text.ts';
import type { Entity } from '#contract/entity.ts';
import type { Catalog } from './catalog.ts';
import { noSuchCommand, parseRequest } from './request.ts';
import type { Request } from './request.ts';
import type { Message } from './mqtt-session.ts';
import type { EntityAddress } from './topics.ts';

export type CommandDeskDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly catalog: () => Catalog;
  readonly commands: readonly Command[];
  /** The entity was asked for something: its state has to be shown again, whatever came of it. */
  readonly onAsked: (entity: Entity, ownerId: string) => void;
  readonly reply: (requestId: string, reply: object) => void;
};

const maxComplaints = 1000;
/** A topic has up to 64 KB, and what is wrong names each key that there is not. */
const maxComplaintLength = 200;
/** QoS 1 brings a message more than once, and who missed the reply asks again within seconds. */
const maxAnswers = 100;
/** Later it is another request: an automation may have the same id for each of its runs, and its second call for help is none of the first. */
const sameMs = 10 * 60_000;
/** Characters; a broker takes megabytes. */
const maxLength = 65_536;
/** As it is described to Home Assistant. */
const maxTextLength = 255;

export class CommandDesk {
  readonly #deps: CommandDeskDeps;
  readonly #byName: ReadonlyMap<string, Command>;
  readonly #complained = new Set<string>();
  readonly #failures: LogThrottle;
  readonly #answers = new Map<string, Answer>();

  constructor(deps: CommandDeskDeps) {
    this.#deps = deps;
    this.#failures = new LogThrottle({ clock: deps.clock });
    this.#byName = new Map(deps.commands.map((command) => [command.declaration.name, command]));
  }

  async set({ ownerId, key }: EntityAddress, message: Message): Promise<void> {
    const fault = faultOf(message);
    if (fault !== undefined) return this.#complain(message, fault);
    const entity = this.#deps
      .catalog()
      .get(ownerId)
      ?.entities.find(({ declaration }) => declaration.key === key);
    if (entity === undefined) return this.#complain(message, 'is for nothing that there is');
    const done = doneBy(entity, { ownerId, payload: message.payload });
    if (done === undefined) return this.#complain(message, `is nothing that a ${entity.kind} can do`);
    try {
      await done();
    } catch (error) {
      this.#failed({ ownerId, key }, error, 'Home Assistant asked for what cannot be done');
    }
    this.#deps.onAsked(entity, ownerId);
  }

  async run(name: string, message: Message): Promise<void> {
    const fault = faultOf(message);
    if (fault !== undefined) return this.#complain(message, fault);
    const command = this.#byName.get(name);
    const request = parseRequest(message.payload, command?.declaration.input);
    const { requestId } = request;
    if (requestId === undefined) return void (await this.#answer(command, request, message));
    const asked = `${name} ${message.payload}`;
    const answer = this.#known(asked) ?? { reply: this.#answer(command, request, message), at: this.#deps.clock.monotonic() };
    this.#remember(asked, answer);
    this.#deps.reply(requestId, await answer.reply);
  }

  #known(asked: string): Answer | undefined {
    const answer = this.#answers.get(asked);
    return answer !== undefined && this.#deps.clock.monotonic() - answer.at < sameMs ? answer : undefined;
  }

  /** The same request is answered alike, and done once. */
  #remember(asked: string, answer: Answer): void {
    this.#answers.delete(asked);
    this.#answers.set(asked, answer);
    const [oldest] = this.#answers.keys();
    if (oldest !== undefined && this.#answers.size > maxAnswers) this.#answers.delete(oldest);
  }

  /** What rooms keep of a request, also over a restart. */
  #keyOf(requestId: string | undefined): string | undefined {
    return requestId === undefined ? undefined : `${requestId}@${Math.floor(this.#deps.clock.now() / sameMs)}`;
  }

  async #answer(command: Command | undefined, request: Request, message: Message): Promise<object> {
    if (request.kind === 'nonsense' || command === undefined) {
      const problem = request.kind === 'nonsense' ? request.problem : noSuchCommand;
      this.#complain(message, problem);
      return { ok: false, message: problem };
    }
    try {
      return { ...(await command.run(request.input, this.#keyOf(request.requestId))), ok: true };
    } catch (error) {
      this.#failed({ command: command.declaration.name }, error, 'Command of Home Assistant failed');
      return { ok: false, message: error instanceof AppError ? error.message : 'This did not work; the log says why' };
    }
  }

  /** Each once a minute: an automation that runs away must not fill the log. */
  #failed(asked: Readonly<Record<string, string>>, error: unknown, words: string): void {
    const key = [...Object.values(asked), error instanceof Error ? error.message : ''].join(' ');
    if (this.#failures.shouldLog(key)) this.#deps.log.warn({ ...asked, ...failureFields(error) }, words);
  }

  /** Once for each topic and fault: an automation may send it every second. */
  #complain(message: Message, complaint: string): void {
    const [topic, problem] = [message.topic, complaint].map((text) => cutText(text, maxComplaintLength));
    const about = `${topic} ${problem}`;
    if (this.#complained.has(about) || this.#complained.size >= maxComplaints) return;
    this.#complained.add(about);
    this.#deps.log.warn({ topic, problem }, 'Message over MQTT is ignored');
  }
}

/** `at`: monotonic. */
type Answer = { readonly reply: Promise<object>; readonly at: number };

/** What makes a message no request at all. */
function faultOf({ isRetained, payload }: Message): string | undefined {
  if (isRetained) return 'is retained';
  return payload.length > maxLength ? `is longer than ${maxLength} characters` : undefined;
}

type Asked = { readonly ownerId: string; readonly payload: string };

/** What it asks for; undefined where that is nonsense. */
function doneBy({ kind, source }: Entity, { ownerId, payload }: Asked): (() => Promise<void>) | undefined {
  switch (kind) {
    case 'switch':
      return payload === 'ON' || payload === 'OFF' ? () => source.turn(ownerId, payload === 'ON') : undefined;
    case 'button':
      return payload === 'PRESS' ? () => source.press(ownerId) : undefined;
    case 'notify':
      return () => source.send(ownerId, payload);
    case 'text':
      return payload.length <= maxTextLength ? () => source.enter(ownerId, payload) : undefined;
    case 'sensor':
    case 'binary_sensor':
    case 'event':
      return undefined;
  }
}

/** What a person did wrong needs no stack trace. */
function failureFields(error: unknown): object {
  return error instanceof AppError && error.code !== 'internal' ? { reason: error.message } : { err: error };
}
