import { pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, Level, Logger } from 'pino';

export type Log = Logger;
export type LogLevel = Level | 'silent';

/** Fields that must never be readable in a log, wherever a caller puts them. */
const secretFields = [
  ...['password', 'secret', 'token', 'authorization', 'proxyAuthorization', 'ha1', 'nonce', 'cookie'],
  ...['authToken', 'apiKeySecret', 'sealingKey', 'signature', 'contactUser'],
  ...['serverToken', 'dkimPrivateKey', 'privateKey', 'p256dh'],
];

export type LogOptions = {
  readonly level: LogLevel;
  readonly destination?: DestinationStream;
  /** Gets every line besides, secrets hidden. */
  readonly copyTo?: (line: string) => void;
};

/** Makes the root logger; rooms, calls and registrations get children of it. */
export function createLog({ level, destination, copyTo }: LogOptions): Log {
  const options = {
    level,
    base: null,
    // Levels by name and readable times.
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`]), censor: '[hidden]' },
  };
  if (copyTo === undefined) return destination === undefined ? pino(options) : pino(options, destination);
  const target = destination ?? pino.destination(1);
  const write = (line: string) => {
    target.write(line);
    copyTo(line);
  };
  return pino(options, { write });
}

/** A telephone number as the log may show it: the last three digits. */
export function maskNumber(number: string): string {
  return number.length <= 4 ? number : `…${number.slice(-3)}`;
}
