import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { energyAt, readWav, toneWav } from '#testing/base/wav.ts';
import { waitFor } from '#testing/harness/twilio-harness.ts';
import { TwilioVoicemails } from '#testing/harness/twilio-voicemails.ts';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { buildPanel } from '#testing/panel/built-panel.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';

// From the microphone of a browser to the ear of a caller, and from a caller's voice to the page that is open.
const poll = { timeout: 30_000 };
const password = 'kranich87zaun';
/** Hz: what the microphone hears. */
const spoken = 500;

const isMissing = isBrowserMissing();
let voicemails: TwilioVoicemails;
let browser: PanelBrowser;
let anna: PanelVisitor;
let annaId: string;
let folder: string;
let url: string;

beforeAll(async () => {
  if (isMissing) return;
  buildPanel();
  folder = mkdtempSync(join(tmpdir(), 'gosip-greeting-'));
  writeFileSync(join(folder, 'voice.wav'), toneWav({ frequency: spoken, seconds: 60, sampleRate: 48_000 }));
  voicemails = await TwilioVoicemails.start();
  const { house } = voicemails.at;
  url = `http://${house.address}:${house.httpPort}/`;
  // Our number is hers.
  annaId = voicemails.at.personId;
  const { username } = await house.api<{ username: string }>('PATCH', `/users/${annaId}`, { password, role: 'admin' });
  browser = await PanelBrowser.start([
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-audio-capture=${join(folder, 'voice.wav')}`,
  ]);
  anna = await signIn(browser, url, { username, password });
}, 120_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await voicemails?.[Symbol.asyncDispose]();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

type Greeting = { readonly kind: string; readonly text: string };
const greeting = () => voicemails.at.house.api<Greeting>('GET', `/mailboxes/${annaId}/greeting`);

/** A program of the page. */
function refuses(name: string): string {
  return `navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', '${name}'))`;
}

/** How much of what a caller hears before the tone is what was spoken. */
async function heardByCaller(): Promise<number> {
  const { twilio, theirs, ours } = voicemails.at;
  const caller = twilio.callFrom(theirs, ours);
  await waitFor('the beep of the voicemail', 30, () =>
    twilio.recordings.some(({ callSid }) => callSid === caller.callSid) ? true : undefined,
  );
  const samples = caller.remoteParty.heard();
  caller.hangUp();
  await caller.over;
  return energyAt({ sampleRate: 8000, samples }, spoken);
}

describe.skipIf(isMissing)('a greeting', () => {
  it('is recorded in the browser, heard before it is saved, heard by whoever calls, and taken back', async () => {
    const { page } = anna;
    await page.goto(`${url}my-settings`);
    await page.getByLabel('A recorded voice').check();
    await page.getByRole('button', { name: 'Record' }).click();
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await expectClean(anna, 'a recording that goes on');
    await expect.poll(() => page.getByText(/^0:0[3-9] \/ 2:00$/).count(), poll).toBe(1);
    expect(await page.getByText('Speak now.').count()).toBe(1);
    await page.getByRole('button', { name: 'Stop' }).click();
    const take = page.getByRole('group', { name: 'The new greeting' });
    await take.getByRole('button', { name: 'Play' }).click();
    await take.getByRole('button', { name: 'Pause' }).click();
    await expectClean(anna, 'a recording that is not saved');
    expect((await greeting()).kind).toBe('standard');
    await page.getByRole('button', { name: 'Use this greeting' }).click();
    await page.getByText('Callers hear the new greeting').waitFor();
    expect((await greeting()).kind).toBe('audio');
    const { sampleRate, samples } = readWav(await voicemails.at.audio(`/mailboxes/${annaId}/greeting/audio`));
    expect(sampleRate).toBe(8000);
    expect(samples.length / sampleRate).toBeGreaterThan(2.5);
    expect(energyAt({ sampleRate, samples }, spoken)).toBeGreaterThan(0.9);
    expect(await heardByCaller()).toBeGreaterThan(0.5);
    await page.getByRole('button', { name: 'Bring back the greeting before' }).click();
    await expect.poll(async () => (await greeting()).kind, poll).toBe('standard');
  });

  it('is of a sound file of any kind that the browser can play, and of no other', async () => {
    const { page } = anna;
    await page.goto(`${url}my-settings`);
    await page.getByLabel('A recorded voice').check();
    const file = page.getByRole('button', { name: 'Choose a sound file' });
    await file.setInputFiles({ name: 'note.txt', mimeType: 'audio/mpeg', buffer: Buffer.from('no sound') });
    await page.getByText('cannot read this file as sound').waitFor();
    const long = toneWav({ frequency: 300, seconds: 121 });
    await file.setInputFiles({ name: 'long.wav', mimeType: 'audio/wav', buffer: long });
    await page.getByText('longer than two minutes').waitFor();
    const good = toneWav({ frequency: spoken, seconds: 3, sampleRate: 44_100 });
    await file.setInputFiles({ name: 'good.wav', mimeType: 'audio/wav', buffer: good });
    await page.getByRole('group', { name: 'The new greeting' }).waitFor();
    await page.getByRole('button', { name: 'Use this greeting' }).click();
    await expect.poll(async () => (await greeting()).kind, poll).toBe('audio');
    const { sampleRate, samples } = readWav(await voicemails.at.audio(`/mailboxes/${annaId}/greeting/audio`));
    expect(energyAt({ sampleRate, samples }, spoken)).toBeGreaterThan(0.9);
  });

  it('that was recorded comes back after words took its place, and words are kept where the house cannot take them', async () => {
    const { page } = anna;
    await page.goto(`${url}my-settings`);
    await page.getByRole('group', { name: 'The greeting there is now' }).waitFor();
    const before = await voicemails.at.audio(`/mailboxes/${annaId}/greeting/audio`);
    await page.getByLabel('Your own words, read aloud').check();
    await page.getByRole('textbox', { name: 'Words' }).fill('You have reached Anna');
    await anna.context.setOffline(true);
    await page.getByRole('button', { name: 'Use this greeting' }).click();
    await page.getByRole('alert').filter({ hasText: 'GoSIP does not answer' }).first().waitFor();
    await anna.context.setOffline(false);
    expect(await page.getByRole('textbox', { name: 'Words' }).inputValue()).toBe('You have reached Anna');
    await page.getByRole('button', { name: 'Use this greeting' }).click();
    await expect.poll(greeting, poll).toMatchObject({ kind: 'text', text: 'You have reached Anna' });
    await page.getByRole('button', { name: 'Bring back the greeting before' }).click();
    await expect.poll(async () => (await greeting()).kind, poll).toBe('audio');
    expect(await voicemails.at.audio(`/mailboxes/${annaId}/greeting/audio`)).toEqual(before);
    await page.getByLabel('The usual greeting').check();
    await expect.poll(async () => (await greeting()).kind, poll).toBe('standard');
  });

  it('is set by an administrator for somebody else, in the dialog of that person', async () => {
    const { page } = anna;
    const ben = await voicemails.at.house.api<{ id: string }>('POST', '/users', { username: 'ben', name: 'Ben' });
    await page.goto(`${url}people`);
    await page.getByText('Ben', { exact: true }).first().click();
    await page.getByText('Voicemail greeting').click();
    await page.getByLabel('Your own words, read aloud').check();
    await page.getByRole('textbox', { name: 'Words' }).fill('Ben is at school');
    await page.getByRole('button', { name: 'Use this greeting' }).click();
    const read = () => voicemails.at.house.api<Greeting>('GET', `/mailboxes/${ben.id}/greeting`);
    await expect.poll(read, poll).toMatchObject({ kind: 'text', text: 'Ben is at school' });
    await expectClean(anna, 'the greeting of another person');
  });

  it.each([
    ['refused', refuses('NotAllowedError'), 'The browser may not use the microphone'],
    ['absent', refuses('NotFoundError'), 'There is no microphone'],
    ['used by another program', refuses('NotReadableError'), 'Another program uses the microphone'],
    [
      'not for a page without https',
      `Object.defineProperty(window, 'isSecureContext', { value: false })`,
      'Open GoSIP with https',
    ],
  ])('says so where the microphone is %s, and offers a file instead', async (what, program, text) => {
    const { page } = anna;
    await page.goto(`${url}my-settings`);
    await page.evaluate(program);
    await page.getByLabel('A recorded voice').check();
    await page.getByRole('button', { name: 'Record' }).click();
    await page.getByRole('alert').filter({ hasText: text }).waitFor();
    expect(await page.getByRole('button', { name: 'Choose a sound file' }).count()).toBe(1);
    await expectClean(anna, `a microphone that is ${what}`);
  });
});

describe.skipIf(isMissing)('a message that a caller leaves while the page is open', () => {
  it('is there at once, can be heard, and has its words as soon as they come', async () => {
    const { page } = anna;
    await page.goto(`${url}voicemail`);
    await page.getByText('No voicemail', { exact: true }).waitFor();
    voicemails.at.twilio.setTranscript('It is about the bicycle');
    const { id } = await voicemails.leave({ seconds: 2.5 });
    const row = page.locator('gosip-endless-list').getByRole('link').first();
    await row.click();
    await expect.poll(() => page.url(), poll).toContain(id);
    await page.getByText('It is about the bicycle').last().waitFor();
    await page.getByRole('button', { name: 'Play' }).click();
    const heard = async () => {
      const { heardAt } = await voicemails.at.house.api<{ heardAt: string | null }>('GET', `/voicemails/${id}`);
      return heardAt;
    };
    await expect.poll(heard, poll).not.toBeNull();
    await expectClean(anna, 'a message that just came');
  });
});
