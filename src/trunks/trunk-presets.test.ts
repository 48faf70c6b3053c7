import { expect, test } from 'vitest';
import { createTrunk, trunkPreset } from '#contract/trunks.ts';
import { trunkPresets } from './trunk-presets.ts';

test('every preset is one that the panel can show, with where it comes from, and none has the id of another', () => {
  for (const preset of trunkPresets) {
    expect(trunkPreset.safeParse(preset).error).toBeUndefined();
    expect(preset.source).toMatch(/^https:\/\//);
    expect(preset.countries.every((country) => /^[A-Z]{2}$/.test(country))).toBe(true);
    if (preset.hosts.length > 0) expect(preset.hosts).toContain(preset.settings.host);
  }
  const ids = trunkPresets.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)]);
});

test.each(trunkPresets)('a trunk begun with $name is taken once its questions are answered', ({ id, name, settings, asks }) => {
  const { host } = settings;
  const answered = { ...settings, name, preset: id, host: host ?? 'sip.example.org', username: 'user', password: 'secret' };
  expect(createTrunk.body?.safeParse(answered).error).toBeUndefined();
  expect(host === null).toBe(host === null && asks.includes('host'));
});
