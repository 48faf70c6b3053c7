import { randomUUID } from 'node:crypto';
import type { CommandReply, MessageMeta } from './app-link.ts';
import { encodeControlFrame } from './framing.ts';
import { plainText } from './leader.ts';
import type { SipMessage } from '../message/message.ts';
import { serializeForApp } from '../message/serialize.ts';

/** Where the frames of a reply go: the session that gave the command. */
export type ReplyChannel = {
  send(frame: Buffer, callId?: string, isEcho?: boolean): void;
  tokens(meta: MessageMeta): string;
};

/**
 * The answer to one command. The client matches it by the command's id, and forgets the command with the first reply that
 * is not `continue`; so a second one is never sent.
 */
export class ControlReply implements CommandReply {
  readonly #channel: ReplyChannel;
  readonly #commandId: string;
  #callId = '';
  #isDone = false;

  constructor(channel: ReplyChannel, commandId: string) {
    this.#channel = channel;
    this.#commandId = commandId;
  }

  request(meta: MessageMeta, transactionId: string, message: SipMessage): void {
    this.#echo(`${this.#channel.tokens(meta)}|${transactionId}|Msg sent:|`, message, true);
  }

  /** Has one empty token more than the reply to a request. Only an answer within a dialog lets the application wait for more of its call. */
  // oxlint-disable-next-line max-params -- the shape that CommandReply has
  response(meta: MessageMeta, transactionId: string, dialogId: string, message: SipMessage): void {
    const tokens = `${this.#channel.tokens(meta)}|${transactionId}|${dialogId}||Msg sent:|`;
    this.#echo(tokens, message, dialogId !== '');
  }

  proxied(meta: MessageMeta, message: SipMessage): void {
    if (this.#isDone) return;
    this.#callId = message.callId;
    const leader = `${this.#head()}|OK|${this.#channel.tokens(meta)}|||continue`;
    this.#channel.send(encodeControlFrame(leader, serializeForApp(message)), this.#callId);
  }

  proxyDone(): void {
    this.#last(`${this.#head()}|OK|done`);
  }

  nok(text: string): void {
    this.#last(`${this.#head()}|NOK|${plainText(text)}`);
  }

  #head(): string {
    return `${randomUUID()}|response|${this.#commandId}`;
  }

  #echo(tokens: string, message: SipMessage, isEcho: boolean): void {
    if (this.#isDone) return;
    this.#isDone = true;
    const frame = encodeControlFrame(`${this.#head()}|OK|${tokens}`, serializeForApp(message));
    this.#channel.send(frame, message.callId, isEcho);
  }

  #last(leader: string): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#channel.send(encodeControlFrame(leader), this.#callId);
  }
}
