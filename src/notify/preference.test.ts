import { describe, expect, it } from 'vitest';
import { changedPreferences, defaultPreferences, differingFrom } from './preference.ts';
import type { PreferencesChange } from './preference.ts';

const night = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '07:00' }];

describe('what a person chose about notifications', () => {
  it('is nothing where it is as everybody has it', () => {
    expect(differingFrom(defaultPreferences)).toEqual({});
    expect(
      differingFrom(changedPreferences(defaultPreferences, { gatherMails: false, kinds: { message: { inDnd: 'later' } } })),
    ).toEqual({});
  });

  it.each<PreferencesChange>([
    { quietHours: night },
    { language: 'de' },
    { gatherMails: true, houseItems: false, internalCalls: true },
    { kinds: { voicemail: { channels: ['mail'] }, alert: { inQuiet: 'drop' } } },
    { kinds: { 'missed-call': { channels: [] } } },
  ])('is kept alone, and comes back: %j', (change) => {
    const chosen = changedPreferences(defaultPreferences, change);
    const kept = differingFrom(chosen);
    expect(kept).toEqual(change);
    expect(changedPreferences(defaultPreferences, JSON.parse(JSON.stringify(kept)) as PreferencesChange)).toEqual(chosen);
  });

  it('changes one thing and leaves the others', () => {
    const first = changedPreferences(defaultPreferences, { language: 'fr', kinds: { voicemail: { inQuiet: 'send' } } });
    const then = changedPreferences(first, { kinds: { voicemail: { channels: ['web-push', 'mail', 'mail'] } } });
    expect(then.language).toBe('fr');
    expect(then.kinds.voicemail).toEqual({ channels: ['mail', 'web-push'], inQuiet: 'send', inDnd: 'later' });
    expect(changedPreferences(then, { language: null }).language).toBeNull();
  });
});
