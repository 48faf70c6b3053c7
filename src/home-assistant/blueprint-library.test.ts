import { describe, expect, it } from 'vitest';
import { FakeCoreConnection } from '#testing/home-assistant/fake-core-connection.ts';
import { BlueprintLibrary } from './blueprint-library.ts';
import { CoreError } from './core-connection.ts';
import type { CoreMessage } from './core-connection.ts';

const folder = new URL('../../blueprints/', import.meta.url);

/** A Core that keeps blueprints as the real one does. */
function coreWith({ version = '2026.11.0' } = {}) {
  const core = new FakeCoreConnection();
  const kept = new Map<string, { readonly metadata: { readonly author: string | undefined } }>();
  core.replies.set('get_config', () => ({ version }));
  core.replies.set('blueprint/list', ({ domain }) =>
    Object.fromEntries(
      [...kept].filter(([key]) => key.startsWith(`${String(domain)} `)).map(([key, one]) => [key.split(' ')[1], one]),
    ),
  );
  core.replies.set('blueprint/save', ({ domain, path, yaml, allow_override: isOverridden }) => {
    const key = `${String(domain)} ${String(path)}`;
    if (kept.has(key) && isOverridden !== true)
      throw new CoreError('invalid', 'File already exists', { reason: 'already_exists' });
    kept.set(key, { metadata: { author: /^ {2}author: (.*)$/m.exec(String(yaml))?.[1] } });
    return { overrides_existing: isOverridden };
  });
  const saved = () => core.sent.filter(({ type }: CoreMessage) => type === 'blueprint/save');
  return { core, kept, saved, library: new BlueprintLibrary({ core, folder }) };
}

const stateOf = async (library: BlueprintLibrary, id: string) =>
  (await library.list()).blueprints.find((one) => one.id === id)?.state;

describe('Blueprints of Home Assistant', () => {
  it('are installed in one request, and known as current afterwards', async () => {
    const { library, saved } = coreWith();
    expect(await stateOf(library, 'voice')).toBe('absent');
    expect(await library.install('voice', { replace: false })).toMatchObject({ state: 'current', path: 'gosip/voice.yaml' });
    expect(saved()).toMatchObject([{ domain: 'automation', path: 'gosip/voice.yaml', allow_override: false }]);
    expect(await stateOf(library, 'voice')).toBe('current');
    await library.install('voice', { replace: false });
    expect(saved()).toHaveLength(1);
  });

  it('that somebody changed there are replaced only where that is asked for', async () => {
    const { library, kept } = coreWith();
    kept.set('automation gosip/voice.yaml', { metadata: { author: 'GoSIP' } });
    expect(await stateOf(library, 'voice')).toBe('other');
    await expect(library.install('voice', { replace: false })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('ask to replace it') as string,
    });
    expect(await library.install('voice', { replace: true })).toMatchObject({ state: 'current' });
  });

  it('are installed also where a Home Assistant that is still starting keeps one and reports a failure', async () => {
    const { core, library } = coreWith();
    const save = core.replies.get('blueprint/save');
    core.replies.set('blueprint/save', (message) => {
      save?.(message);
      throw new CoreError('invalid', 'Action automation.reload not found', { reason: 'home_assistant_error' });
    });
    expect(await library.install('voice', { replace: true })).toMatchObject({ state: 'current' });
    core.replies.set('blueprint/save', () => {
      throw new CoreError('invalid', 'No space left on device', { reason: 'home_assistant_error' });
    });
    await expect(library.install('doorbell', { replace: true })).rejects.toThrow('No space left');
  });

  it('that are too new for it are not sent to an older Home Assistant', async () => {
    const { library, saved } = coreWith({ version: '2026.2.3' });
    const { blueprints } = await library.list();
    expect(blueprints.find(({ id }) => id === 'missed_call')).toMatchObject({ supported: false });
    expect(blueprints.find(({ id }) => id === 'voice')).toMatchObject({ supported: true });
    await expect(library.install('missed_call', { replace: false })).rejects.toThrow(
      'needs Home Assistant 2026.11.0 and yours is 2026.2.3: update Home Assistant first',
    );
    expect(saved()).toEqual([]);
  });

  it('are listed while Home Assistant is away, and say why nothing is known', async () => {
    const { core, library } = coreWith();
    core.disconnect();
    const { blueprints, homeAssistant } = await library.list();
    expect(homeAssistant).toEqual({ version: null, problem: 'Home Assistant is not connected' });
    expect(new Set(blueprints.map(({ state, supported }) => `${state} ${supported}`))).toEqual(new Set(['unknown null']));
    await expect(library.install('voice', { replace: false })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('are listed in a house without Home Assistant, and say what to set', async () => {
    const library = new BlueprintLibrary({ core: undefined, folder });
    expect((await library.list()).homeAssistant.problem).toContain('home_assistant_url');
    await expect(library.install('voice', { replace: false })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('that nobody knows are not found', async () => {
    await expect(coreWith().library.install('nonsense', { replace: false })).rejects.toMatchObject({ code: 'not-found' });
  });
});
