import { expect, it } from 'vitest';
import { reasonsForLog } from './call-log.ts';

it('says why a call rings whom it rings, without numbers in full', () => {
  const lines = reasonsForLog([
    { code: 'default', params: {} },
    { code: 'forward-not-allowed', params: { number: '+19005550123' } },
  ]);
  expect(lines[0]).toBe('No rule applies: the phones of the number’s owner ring');
  expect(lines[1]).toMatch(/^The call is not forwarded to .*23: /);
  expect(lines.join(' ')).not.toContain('+1900555');
});
