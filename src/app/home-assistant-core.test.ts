import { afterEach, beforeEach, expect, it } from 'vitest';
import { Events } from '#base/events.ts';
import { createLog } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FakeCore } from '#testing/home-assistant/fake-core.ts';
import type { AppContext } from './context.ts';
import { composeCore } from './home-assistant-core.ts';

let core: FakeCore;

beforeEach(async () => {
  core = await FakeCore.start();
});

afterEach(() => core.end());

it('a Home Assistant that says no word holds up no stop of the house', async () => {
  const stack = new AsyncDisposableStack();
  const log = createLog({ level: 'silent' });
  const options = { house: {}, http: {}, homeAssistant: { core: { url: core.url, token: core.token } } };
  const context = { options, clock: new FakeClock(), log, events: new Events<Facts>(log), stack };
  core.fault = 'silent';
  const { coreFetch } = composeCore(context as unknown as AppContext);
  // A transcript, for which minutes are allowed.
  const asked = coreFetch?.('/api/stt/stt.x', { method: 'POST', body: 'speech', limitMs: 300_000 });
  const refused = expect(asked).rejects.toMatchObject({ code: 'unavailable' });
  await stack.disposeAsync();
  await refused;
});
