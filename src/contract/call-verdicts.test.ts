import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callDispositions, callReasons, callVerdicts, isReasonOf } from './call-verdicts.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/troubleshooting.md'), 'utf8');

test('docs/troubleshooting.md lists every reason for which a call ends, as the log and the API have it', () => {
  const [, section = ''] = /^## Every reason$(.*?)^## /ms.exec(page) ?? [];
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  const expected = callReasons.map((reason) => {
    const { dispositions, sentence } = callVerdicts[reason];
    return `| \`${reason}\` | ${dispositions.map((one) => `\`${one}\``).join(', ')} | ${sentence} |`;
  });
  expect(rows.slice(1)).toEqual(expected);
});

test('every reason has a disposition, every disposition a reason, and none is listed twice', () => {
  for (const { dispositions } of Object.values(callVerdicts)) {
    expect(dispositions.length).toBeGreaterThan(0);
    expect(new Set(dispositions).size).toBe(dispositions.length);
  }
  for (const disposition of callDispositions) expect(callReasons.some((reason) => isReasonOf(disposition, reason))).toBe(true);
  expect(isReasonOf('blocked', 'busy')).toBe(false);
});
