import { isRecord } from '#base/json.ts';
import { CoreError } from './core-connection.ts';
import type { CoreErrorCode } from './core-connection.ts';

/** Core's words for a refusal; what is not here refuses the command as it is. */
const codes: Readonly<Record<string, CoreErrorCode>> = {
  not_found: 'not-found',
  unauthorized: 'forbidden',
  timeout: 'unavailable',
  unknown_error: 'unavailable',
  home_assistant_error: 'unavailable',
};

/** Of the WebSocket library: ERR_INVALID_AUTH, whose siblings all mean that nobody is there. */
const invalidAuth = 2;

/** Where the Supervisor stands between us and Core: there is no address to set, and the token is new with each start. */
const isSupervised = (url: string) => url.startsWith('http://supervisor/');

export function unreachable(url: string, cause?: unknown): CoreError {
  const check = isSupervised(url) ? 'it may be starting' : 'is it running, and is home_assistant_url its address?';
  return new CoreError('unavailable', `Home Assistant at ${url} does not answer: ${check}`, { cause });
}

export function refusesToken(url: string): CoreError {
  const remedy = isSupervised(url)
    ? 'restart this app, which gives it a new one'
    : 'make a new long-lived one of an administrator there (profile, Security) and put it into the option home_assistant_token';
  return new CoreError('forbidden', `Home Assistant at ${url} refuses the access token: ${remedy}`, { reason: 'invalid_auth' });
}

/**
 * The rejections of home-assistant-js-websocket, none of which is an Error: a number, `{code, message}` where Core refuses a command,
 * `{type: 'result', error}` where the line broke under it.
 */
export function toCoreError(rejection: unknown, url: string): CoreError {
  if (rejection instanceof CoreError) return rejection;
  if (rejection === invalidAuth) return refusesToken(url);
  if (!isRecord(rejection) || rejection instanceof Error) return unreachable(url, rejection);
  const { code, message } = rejection;
  if (typeof code !== 'string') return unreachable(url, rejection);
  const words = typeof message === 'string' && message !== '' ? message : code;
  return new CoreError(codes[code] ?? 'invalid', `Home Assistant says: ${words}`, { reason: code });
}
