import { describe, expect, it } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { credentialsOf } from './connection.ts';
import { LiveTwilioSettings, noSettings } from './settings.ts';
import type { SettingsStore } from './settings.ts';

const account = { accountSid: 'AC1', authToken: 'first' };

/** Keeps what a database would. */
function memoryStore(): SettingsStore & { kept: { settings: unknown; secrets: unknown } | undefined } {
  const store: ReturnType<typeof memoryStore> = {
    kept: undefined,
    load: () => store.kept,
    save: (settings, secrets) => {
      store.kept = { settings: JSON.parse(JSON.stringify(settings)), secrets: JSON.parse(JSON.stringify(secrets)) };
    },
  };
  return store;
}

describe('the settings of Twilio', () => {
  it('are those of a house without an account at first', () => {
    expect(new LiveTwilioSettings({ store: memoryStore(), clock: new FakeClock() }).current).toEqual(noSettings);
  });

  it('keep secrets apart from the rest', () => {
    const store = memoryStore();
    const settings = new LiveTwilioSettings({ store, clock: new FakeClock() });
    settings.change({
      ...account,
      apiKey: { sid: 'SK1', secret: 'key secret' },
      sipAccount: { listSid: 'CL1', username: 'gosip', password: 'sip secret' },
    });
    for (const secret of ['first', 'key secret', 'sip secret']) {
      expect(JSON.stringify(store.kept?.settings)).not.toContain(secret);
      expect(JSON.stringify(store.kept?.secrets)).toContain(secret);
    }
    expect(new LiveTwilioSettings({ store, clock: new FakeClock() }).current).toEqual(settings.current);
  });

  it('go on without secrets that cannot be opened any more', () => {
    const store = memoryStore();
    new LiveTwilioSettings({ store, clock: new FakeClock() }).change({ ...account, edge: 'dublin' });
    if (store.kept !== undefined) store.kept = { ...store.kept, secrets: undefined };
    const { current } = new LiveTwilioSettings({ store, clock: new FakeClock() });
    expect(current).toMatchObject({ accountSid: 'AC1', edge: 'dublin', authToken: undefined });
    expect(credentialsOf(current)).toBeUndefined();
  });

  it('leave secrets that cannot be opened where they are, until new ones take their place', () => {
    const saved: (object | undefined)[] = [];
    const save = (_: object, secrets: object | undefined): void => void saved.push(secrets);
    const store = { load: () => ({ settings: { accountSid: 'AC1' }, secrets: undefined }), save };
    const settings = new LiveTwilioSettings({ store, clock: new FakeClock() });
    expect(settings.isLocked).toBe(true);
    settings.change({ publicUrl: 'https://house.example' });
    expect([saved.at(-1), settings.isLocked]).toEqual([undefined, true]);
    settings.change({ authToken: 'new' });
    expect([saved.at(-1), settings.isLocked]).toEqual([expect.objectContaining({ authToken: 'new' }), false]);
  });

  it.each([8 * 3_600_000, -3 * 86_400_000])('believe the old token for a day though the clock is set by %i ms', (byMs) => {
    const clock = new FakeClock();
    const settings = new LiveTwilioSettings({ store: memoryStore(), clock });
    settings.change({ accountSid: 'AC1', authToken: 'old' });
    settings.change({ authToken: 'new' });
    settings.clockSet(byMs);
    clock.jump(byMs);
    clock.advance(23 * 3_600_000);
    expect(settings.signingTokens).toEqual(['new', 'old']);
    clock.advance(3_600_000);
    expect(settings.signingTokens).toEqual(['new']);
  });

  it('notify all listeners after the change is stored, and none where it is not', () => {
    const store = memoryStore();
    const settings = new LiveTwilioSettings({ store, clock: new FakeClock() });
    const heard: string[] = [];
    const end = settings.onChange(({ edge }) => heard.push(`${edge} ${JSON.stringify(store.kept?.settings).includes(edge)}`));
    settings.change({ edge: 'tokyo' });
    const failing = new LiveTwilioSettings({
      store: {
        load: () => undefined,
        save: () => {
          throw new Error('disk full');
        },
      },
      clock: new FakeClock(),
    });
    failing.onChange(() => heard.push('never'));
    expect(() => failing.change({ edge: 'sydney' })).toThrow('disk full');
    expect(failing.current.edge).toBe('ashburn');
    end();
    settings.change({ edge: 'sydney' });
    expect(heard).toEqual(['tokyo true']);
  });

  it('believe the old token for a day after a new one was set, and no token of another account', () => {
    const clock = new FakeClock();
    const settings = new LiveTwilioSettings({ store: memoryStore(), clock });
    settings.change(account);
    expect(settings.signingTokens).toEqual(['first']);
    settings.change({ authToken: 'second' });
    clock.advance(86_399_000);
    expect(settings.signingTokens).toEqual(['second', 'first']);
    clock.advance(1000);
    expect(settings.signingTokens).toEqual(['second']);
    settings.change({ authToken: 'third' });
    settings.change({ accountSid: 'AC2', authToken: 'other' });
    expect(settings.signingTokens).toEqual(['other']);
  });

  it('take the public address from the options where it stands there', () => {
    const settings = new LiveTwilioSettings({
      store: memoryStore(),
      clock: new FakeClock(),
      publicUrl: 'https://a.example.org/',
    });
    expect(settings.current.publicUrl).toBe('https://a.example.org');
    expect(settings.change({ publicUrl: 'https://b.example.org' }).publicUrl).toBe('https://a.example.org');
  });

  it.each([
    [{}, undefined],
    [{ accountSid: 'AC1' }, undefined],
    [account, 'AC1 first'],
    [{ ...account, apiKey: { sid: 'SK1', secret: 's' } }, 'SK1 s'],
  ])('ask with %o as %s', (change, expected) => {
    const found = credentialsOf({ ...noSettings, ...change });
    expect(found === undefined ? undefined : `${found.username} ${found.password}`).toBe(expected);
  });
});
