import type { AppConnection, Core, ProxyOptions } from './app-link.ts';
import type { ControlReply } from './reply.ts';
import type { Limits } from '../runtime/limits.ts';
import { parseAppMessage } from '../message/parse-app-message.ts';

export type Command = {
  readonly app: AppConnection;
  readonly core: Core;
  readonly limits: Limits;
  /** Header names that are sent as the application spells them. */
  readonly preservedHeaders: ReadonlySet<string>;
  /** The leader of the frame, split at its bars. */
  readonly tokens: readonly string[];
  /** What follows the leader. */
  readonly text: string;
  readonly reply: ControlReply;
};

const maxIdBytes = 2048;

/** `id|sip|txnId|dialogId[|proxy]` and a message. Returns why the connection must be closed, if it must. */
export function runMessageCommand({ app, core, limits, preservedHeaders, tokens, text, reply }: Command): string | undefined {
  const [, , transactionId, dialogToken, proxy = ''] = tokens;
  if (transactionId === undefined || dialogToken === undefined || text === '') return 'Invalid message format';
  if (text.startsWith('SIP/') && transactionId === '') return 'transaction id missing';
  const parsed = parseAppMessage(text, limits, preservedHeaders);
  if (parsed.kind === 'refused') {
    if (parsed.reason === 'Invalid message format') return parsed.reason;
    reply.nok(parsed.reason);
  } else if (proxy.length > limits.startLineBytes || dialogToken.length > maxIdBytes) {
    reply.nok('message too large');
  } else if (!isPlain(proxy)) {
    reply.nok('invalid proxy uri');
  } else if (!parsed.message.isRequest) {
    core.respond(app, transactionId, parsed, reply);
  } else if (dialogToken !== '') {
    core.request(app, { transactionId: '', dialogId: dialogToken, proxy }, parsed, reply);
  } else if (transactionId !== '' && parsed.message.method !== 'CANCEL') {
    reply.nok('only a CANCEL may name a transaction');
  } else {
    core.request(app, { transactionId, dialogId: '', proxy }, parsed, reply);
  }
  return undefined;
}

/** `id|proxy|txnId|remainInDialog|fullResponse|followRedirects|simultaneous or serial|provisional|final|destination…` and a message. */
export function runProxyCommand({ app, core, limits, preservedHeaders, tokens, text, reply }: Command): string | undefined {
  const [, , transactionId = '', remain, full, follow, order, provisional, final, ...destinations] = tokens;
  const named = destinations.filter((destination) => destination !== '');
  if (transactionId === '' || named.length === 0 || text === '') return 'Invalid proxy request: not enough information provided';
  const parsed = parseAppMessage(text, limits, preservedHeaders);
  if (parsed.kind === 'refused') {
    reply.nok(parsed.reason);
    return undefined;
  }
  if (named.length > limits.proxyTargets || !named.every(isPlain)) {
    reply.nok('error proxying request to ');
    return undefined;
  }
  const options: ProxyOptions = {
    remainInDialog: remain === 'remainInDialog',
    fullResponse: full === 'fullResponse',
    followRedirects: follow === 'followRedirects',
    simultaneous: order === 'simultaneous',
    provisionalTimeoutMs: parseDuration(provisional),
    finalTimeoutMs: parseDuration(final),
    destinations: named.map(withoutDoubleScheme),
  };
  core.proxy(app, transactionId, options, parsed, reply);
  return undefined;
}

const maxDurationMs = 86_400_000;

/** `2s` or `1500ms`, or a bare number of seconds, in milliseconds; undefined for none. */
function parseDuration(text: string | undefined): number | undefined {
  const match = /^(\d{1,9})(ms|s|)$/.exec(text ?? '');
  if (match === null) return undefined;
  const amount = Number(match[1]) * (match[2] === 'ms' ? 1 : 1000);
  return amount === 0 ? undefined : Math.min(amount, maxDurationMs);
}

/** drachtio-srf puts `sip:` before every destination that does not begin with `sip:` or `tel:`, so `sips:` arrives as `sip:sips:`. */
function withoutDoubleScheme(destination: string): string {
  return destination.startsWith('sip:sips:') ? destination.slice('sip:'.length) : destination;
}

/** Printable ASCII without spaces and brackets: nothing that could end a header or a line. */
function isPlain(uri: string): boolean {
  for (let index = 0; index < uri.length; index += 1) {
    const code = uri.charCodeAt(index);
    if (code <= 0x20 || code >= 0x7f || code === 0x3c || code === 0x3e) return false;
  }
  return true;
}
