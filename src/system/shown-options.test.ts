import { expect, test } from 'vitest';
import { parseOptions } from '#options/options.ts';
import { shownOptions } from './shown-options.ts';

test('the options in effect are shown without a secret of the engine or the broker', () => {
  const read = parseOptions({
    sip_engine: 'external',
    sip_engine_host: '127.0.0.1',
    sip_engine_secret: 'hunter3',
    mqtt_url: 'mqtt://broker.example.org',
    mqtt_username: 'house',
    mqtt_password: 'hunter2',
  });
  if (read.kind === 'problems') throw new Error(read.problems.join());
  const shown = JSON.stringify(shownOptions(read.options));
  expect(shown).not.toMatch(/hunter/);
  expect(shown).toContain('"password":"[set]"');
  expect(shown).toContain('broker.example.org');
});
