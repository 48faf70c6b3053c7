import { describe, expect, it } from 'vitest';
import { createLog } from './log.ts';

describe('the log', () => {
  it.each([
    ...['password', 'secret', 'token', 'authorization', 'proxyAuthorization', 'ha1', 'nonce', 'cookie'],
    ...['authToken', 'apiKeySecret', 'sealingKey', 'signature', 'contactUser'],
    ...['serverToken', 'dkimPrivateKey', 'privateKey', 'p256dh'],
  ])('never shows a %s', (field) => {
    const lines: string[] = [];
    const log = createLog({ level: 'info', destination: { write: (line: string) => void lines.push(line) } });
    log.info({ [field]: 'geheim', deep: { [field]: 'geheim' } }, 'x');
    expect(lines.join('')).not.toContain('geheim');
  });
});
