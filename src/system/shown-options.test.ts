import { expect, test } from 'vitest';
import { parseOptions } from '#options/options.ts';
import { shownOptions } from './shown-options.ts';

test('the options in effect are shown without a secret of a trunk or the engine', () => {
  const trunk = { name: 'provider', host: 'sip.example.org', username: 'house', password: 'hunter2' };
  const read = parseOptions({
    sip_engine: 'external',
    sip_engine_host: '127.0.0.1',
    sip_engine_secret: 'hunter3',
    trunks: [{ ...trunk, secret_header_name: 'X-House', secret_header_value: 'hunter4' }],
  });
  if (read.kind === 'problems') throw new Error(read.problems.join());
  const shown = JSON.stringify(shownOptions(read.options));
  expect(shown).not.toMatch(/hunter/);
  expect(shown).toContain('"password":"[set]"');
  expect(shown).toContain('sip.example.org');
});
