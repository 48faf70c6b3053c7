import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { buildPanel } from '#testing/panel/built-panel.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';

const login = { username: 'iris', password: 'kranich87zaun' };
const poll = { timeout: 60_000 };
type Running = ReturnType<TwilioHarness['twilio']['callFrom']>;

// A call of the telephone network through the emulated Twilio, seen in a browser.
describe.skipIf(isBrowserMissing())('the recording of a call, in the call', { timeout: 240_000 }, () => {
  let at: TwilioHarness;
  let browser: PanelBrowser;
  let admin: PanelVisitor;
  let url: string;
  let caller: Running;
  let callId: string;

  beforeAll(async () => {
    buildPanel();
    at = await TwilioHarness.start();
    browser = await PanelBrowser.start();
    url = `http://${at.house.address}:${at.house.httpPort}/`;
    await at.house.api('POST', '/users', { ...login, name: 'Iris', role: 'admin' });
    await at.phone('21', 440, { answer: 'auto' });
    admin = await signIn(browser, url, login);
    caller = at.twilio.callFrom(at.theirs, at.ours, { speak: { kind: 'tone', frequency: 700 } });
    callId = await waitFor('a call with sound', 30, async () => {
      const [one] = (await at.house.api<{ items: { id: string; state: string }[] }>('GET', '/calls')).items;
      return caller.remoteParty.heard().length > 8000 ? one?.id : undefined;
    });
  }, 120_000);
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await at?.[Symbol.asyncDispose]();
  });

  const state = async () => (await at.house.api<{ state: string }>('GET', `/calls/${callId}/recording`)).state;
  const kept = async () => (await at.house.api<{ items: { state: string }[] }>('GET', `/cdrs/${callId}/recordings`)).items;

  it('is started, paused, gone on with and stopped while the call goes on', async () => {
    const { page } = admin;
    await page.goto(`${url}calls/${callId}`);
    const dialog = page.locator('gosip-call-dialog');
    const press = (name: string) => dialog.getByRole('button', { name, exact: true }).click();
    await press('Record');
    await dialog.getByRole('button', { name: 'Pause recording' }).waitFor();
    expect(await state()).toBe('recording');
    await dialog.getByText('It is being recorded').waitFor();
    await expectClean(admin, 'a call that is recorded');
    const before = caller.remoteParty.heard().length;
    await waitFor('two seconds of sound', 30, () => caller.remoteParty.heard().length > before + 16_000 || undefined);
    await press('Pause recording');
    await dialog.getByRole('button', { name: 'Resume recording' }).waitFor();
    expect(await state()).toBe('paused');
    await press('Resume recording');
    await dialog.getByRole('button', { name: 'Pause recording' }).waitFor();
    expect(await state()).toBe('recording');
    await press('Stop recording');
    await dialog.getByRole('button', { name: 'Record', exact: true }).waitFor();
    expect(await state()).toBe('off');
    await press('Hang up');
    await caller.over;
  });

  it('is heard where the call is once it has come, and deleted only when nobody takes it back', async () => {
    const { page } = admin;
    const dialog = page.locator('gosip-call-dialog');
    const player = dialog.locator('gosip-player');
    await player.waitFor(poll);
    await player.getByRole('button', { name: 'Play' }).click();
    await player.getByRole('button', { name: 'Pause' }).waitFor();
    // To its end.
    await player.getByRole('button', { name: 'Play' }).waitFor();
    await expectClean(admin, 'a recorded call');
    await dialog.getByRole('button', { name: 'Delete the recording' }).click();
    await page.getByText('The recording was deleted').waitFor();
    await expect.poll(() => player.count(), poll).toBe(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await player.waitFor();
    expect(await kept()).toMatchObject([{ state: 'stored' }]);
    await dialog.getByRole('button', { name: 'Delete the recording' }).click();
    await expect.poll(() => player.count(), poll).toBe(0);
    await expect.poll(kept, poll).toEqual([]);
  });
});
