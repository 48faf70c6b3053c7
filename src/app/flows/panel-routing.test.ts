import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { plantedMarkup } from '#testing/panel/planted-markup.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';
import type { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

const poll = { timeout: 30_000 };
const password = 'kranich87zaun';
const ours = '+14165550100';
const hostile = plantedMarkup.slice(0, 60);

type Named = { readonly id: string; readonly name: string };
type Rule = Named & { readonly enabled: boolean; readonly conditions: object; readonly action: { readonly kind: string } };
type Listed<Item> = { readonly items: readonly Item[] };
type Login = { readonly id: string; readonly username: string; readonly secret: string };

const isMissing = isBrowserMissing();
let house: PanelHouse;
let browser: PanelBrowser;
let admin: PanelVisitor;
let numberId: string;
let annaId: string;
let kitchen: SimulatedPhone;
let door: SimulatedPhone;
let kitchenId: string;

beforeAll(async () => {
  if (isMissing) return;
  house = await PanelHouse.start();
  browser = await PanelBrowser.start();
  annaId = (await house.ask<Named>('POST', '/users', { username: 'anna', name: 'Anna', role: 'admin', password })).id;
  await house.ask('POST', '/users', { username: 'ben', name: 'Ben', password });
  const phone = async (name: string, extension: string, personId?: string) => {
    const login = await house.ask<Login>('POST', '/devices', {
      name,
      extension,
      type: 'softphone',
      ...(personId === undefined ? {} : { personId }),
    });
    const simulated = await house.phone(login, { incomingCallAction: 'ring' });
    await simulated.register();
    return { login, simulated };
  };
  await phone('Hall', '12', annaId);
  ({ simulated: door } = await phone('Door', '13'));
  const made = await phone('Kitchen', '11');
  kitchen = made.simulated;
  kitchenId = made.login.id;
  numberId = (await house.ask<Named>('POST', '/dids', { number: ours, name: 'House', ownerPersonId: annaId })).id;
  admin = await signIn(browser, house.url, { username: 'anna', password });
}, 120_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

const rules = async () => (await house.ask<Listed<Rule>>('GET', `/routes?number=${numberId}&per_page=100`)).items;
const names = async () => (await rules()).map(({ name }) => name);
const addRule = (name: string, more: object = {}) =>
  house.ask<Rule>('POST', '/routes', { numberId, name, action: { kind: 'reject' }, ...more });
const clear = async () => {
  for (const { id } of await rules()) await house.ask('DELETE', `/routes/${id}`);
};

/** A program of the page: what has the focus, by every name it has. */
const focused = `(() => {
  const said = [];
  for (let one = document.activeElement; one; one = one.shadowRoot?.activeElement) {
    said.push(one.id, one.getAttribute('aria-label') ?? '');
    if (one.localName.startsWith('md-') || one.localName === 'button' || one.localName === 'a') said.push(one.textContent.trim());
  }
  return said.join(' | ');
})()`;

async function tabTo(page: Page, name: string): Promise<void> {
  const passed: string[] = [];
  for (let press = 0; press < 120; press += 1) {
    const now = await page.evaluate<string>(focused);
    if (now.split(' | ').includes(name)) return;
    passed.push(now);
    await page.keyboard.press('Tab');
  }
  throw new Error(`No way to “${name}” by Tab:\n${passed.join('\n')}`);
}

const open = async (path = 'routing') => {
  await admin.page.goto(`${house.url}${path}`);
  await admin.page.getByRole('heading', { level: 1 }).waitFor();
  return admin.page;
};

describe.skipIf(isMissing)('routing rules', { timeout: 120_000 }, () => {
  it('are built by keyboard alone, decide a real call, and the simulator says the same', async () => {
    const page = await open();
    await page.getByText('No rule yet').waitFor();
    await expectClean(admin, 'no rule yet');
    await tabTo(page, 'Add rule');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'New rule' }).waitFor();
    await tabTo(page, 'name');
    await page.keyboard.type('All day');
    await tabTo(page, 'Add time');
    await page.keyboard.press('Enter');
    await tabTo(page, 'conditions.times.0.from');
    await page.keyboard.press('Backspace');
    await tabTo(page, 'conditions.times.0.to');
    await page.keyboard.type('1200AM');
    await tabTo(page, 'Add: Who rings');
    await page.keyboard.type('K');
    await page.keyboard.press('Enter');
    await page.locator('gosip-rule-dialog #sentence', { hasText: 'Kitchen rings for 30 seconds' }).waitFor();
    await expectClean(admin, 'a rule that is written');
    await tabTo(page, 'Save');
    await page.keyboard.press('Enter');
    await page.getByText('All day was saved').waitFor();
    await page
      .locator('gosip-rule-list')
      .getByText('Kitchen rings for 30 seconds, then voicemail of the number’s owner.')
      .waitFor();

    const rung = kitchen.incomingCall();
    const call = door.call(ours);
    await rung;
    await door.hangup(call);

    await tabTo(page, 'caller');
    await page.keyboard.type('+14165550123');
    await page.keyboard.press('Enter');
    const answer = page.locator('gosip-simulator .answer');
    await answer.getByText('Kitchen would ring').waitFor();
    await answer.getByText('“All day” fits and decides').waitFor();
    await answer.getByText('Kitchen rings for 30 seconds').waitFor();
    await expectClean(admin, 'an answer of the simulator');
    type Call = { readonly reasons: readonly { readonly params: { readonly name?: string } }[] };
    const decidedBy = async () => {
      const [last] = (await house.ask<Listed<Named>>('GET', '/cdrs')).items;
      if (last === undefined) return [];
      return (await house.ask<Call>('GET', `/cdrs/${last.id}`)).reasons.map(({ params }) => params.name);
    };
    await expect.poll(decidedBy, poll).toEqual(['All day']);
  });

  it('are put in order by the keys, by buttons and by dragging, and say the new place', async () => {
    await clear();
    for (const name of ['One', 'Two', 'Three']) await addRule(name, { conditions: { callers: [{ kind: 'anonymous' }] } });
    const page = await open();
    await page.getByRole('button', { name: /^Move Three, place 3 of 3/ }).focus();
    await page.keyboard.press('ArrowUp');
    await page.getByText('Three is now in place 2 of 3').waitFor();
    await expect.poll(names, poll).toEqual(['One', 'Three', 'Two']);
    await page.keyboard.press('ArrowUp');
    await expect.poll(names, poll).toEqual(['Three', 'One', 'Two']);
    await page.getByRole('button', { name: 'Move Three down' }).click();
    await expect.poll(names, poll).toEqual(['One', 'Three', 'Two']);

    const middle = async (name: RegExp) => {
      const box = await page.getByRole('button', { name }).boundingBox();
      return { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 };
    };
    const [from, to] = [await middle(/^Move One,/), await middle(/^Move Two,/)];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y + 20, { steps: 8 });
    await page.mouse.move(to.x, to.y + 90, { steps: 4 });
    await page.mouse.up();
    await expect.poll(names, poll).toEqual(['Three', 'Two', 'One']);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(names, poll).toEqual(['One', 'Three', 'Two']);
    await expectClean(admin, 'rules in order');
  });

  it('are dragged by a finger, and hours are painted by one that rests first', async () => {
    await clear();
    for (const name of ['One', 'Two']) await addRule(name, { conditions: { callers: [{ kind: 'anonymous' }] } });
    await using visitor = await browser.open({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });
    const { page } = visitor;
    await page.goto(house.url);
    await page.getByLabel('User name').fill('anna');
    await page.getByLabel('Password').fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
    const session = await visitor.context.newCDPSession(page);
    const middleOf = async (one: Locator) => {
      const box = await one.boundingBox();
      return { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 };
    };
    /** From the middle of one to below that of another; `restMs`: before the finger moves. */
    const drag = async (from: Locator, to: Locator, { below = 0, restMs = 0 } = {}) => {
      const [start, end] = [await middleOf(from), await middleOf(to)];
      const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: { x: number; y: number }[]) =>
        session.send('Input.dispatchTouchEvent', { type, touchPoints });
      await touch('touchStart', [start]);
      await page.waitForTimeout(restMs);
      for (let step = 1; step <= 6; step += 1)
        await touch('touchMove', [
          { x: start.x + ((end.x - start.x) * step) / 6, y: start.y + ((end.y + below - start.y) * step) / 6 },
        ]);
      await touch('touchEnd', []);
    };
    await page.goto(`${house.url}routing`);
    const handle = (name: string) => page.getByRole('button', { name: new RegExp(`^Move ${name},`) });
    await handle('One').waitFor();
    await drag(handle('One'), handle('Two'), { below: 90 });
    await expect.poll(names, poll).toEqual(['Two', 'One']);

    await page.goto(`${house.url}routing/new?number=${numberId}`);
    const dialog = page.locator('gosip-rule-dialog');
    await dialog.getByRole('button', { name: 'Paint the week' }).click();
    const cell = (day: number, hour: number) => dialog.locator(`[data-day="${day}"][data-hour="${hour}"]`);
    await cell(3, 5).scrollIntoViewIfNeeded();
    await drag(cell(2, 2), cell(2, 4), { restMs: 500 });
    await expect.poll(() => cell(2, 3).getAttribute('aria-selected'), poll).toBe('true');
    await expect.poll(() => cell(2, 4).getAttribute('aria-selected'), poll).toBe('true');
    await cell(5, 3).tap();
    await expect.poll(() => cell(5, 3).getAttribute('aria-selected'), poll).toBe('true');
    await dialog.getByRole('button', { name: 'Discard' }).click();
    expect(visitor.faults).toEqual([]);
  });

  it('are switched off, duplicated, and deleted only when nobody takes it back', async () => {
    await clear();
    await addRule('Night', { conditions: { callers: [{ kind: 'anonymous' }] } });
    const page = await open();
    await page.getByRole('switch', { name: 'Night applies' }).click();
    await page.getByText('Switched off').waitFor();
    expect((await rules())[0]?.enabled).toBe(false);
    await page.getByRole('button', { name: 'Duplicate Night' }).click();
    await expect.poll(names, poll).toEqual(['Night', 'Night (copy)']);
    await page.getByRole('button', { name: 'Delete Night (copy)' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('link', { name: 'Night (copy)' }).waitFor();
    expect(await names()).toEqual(['Night', 'Night (copy)']);
    await page.getByRole('button', { name: 'Delete Night (copy)' }).click();
    await expect.poll(names, poll).toEqual(['Night']);
  });

  it('say at the field what the house does not take, and keep what was written over a reload', async () => {
    await clear();
    const page = await open(`routing/new?number=${numberId}`);
    const dialog = page.locator('gosip-rule-dialog');
    await dialog.getByLabel('Name').fill('Away');
    await dialog.getByLabel('What happens').first().selectOption('forward');
    await dialog.getByLabel('Number', { exact: true }).fill(ours);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('This is a number of this house: the call would come back to it.').waitFor();
    await page.reload();
    await expect.poll(() => dialog.getByLabel('Number', { exact: true }).inputValue(), poll).toBe(ours);
    await dialog.getByText('You have unsaved changes').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('A new rule is not saved yet').waitFor();
    await page.getByRole('link', { name: 'Continue' }).click();
    await dialog.getByLabel('Number', { exact: true }).fill('+14165550111');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Away was saved').waitFor();
    await expect.poll(() => page.getByText('A new rule is not saved yet').count(), poll).toBe(0);
  });

  it('that two tabs write at once are shown to both before one writes over the other', async () => {
    await clear();
    const { id } = await addRule('Night', { action: { kind: 'voicemail' } });
    const page = await open(`routing/${id}`);
    const other = await admin.context.newPage();
    await other.goto(`${house.url}routing/${id}`);
    const [mine, theirs] = [page.locator('gosip-rule-dialog'), other.locator('gosip-rule-dialog')];
    // What is written is taken over by a tab that opens later.
    await theirs.getByLabel('Name').waitFor();
    await mine.getByLabel('Name').fill('My night');
    await theirs.getByLabel('What happens').first().selectOption('reject');
    await theirs.getByRole('button', { name: 'Save' }).click();
    await other.getByText('Night was saved').waitFor();
    await mine.getByText('Somebody else changed this meanwhile.').waitFor();
    await mine.getByText('It says now: Every call: the call is rejected.').waitFor();
    await expectClean(admin, 'a rule that somebody else changed');
    await mine.getByRole('button', { name: 'Save' }).click();
    await expect.poll(async () => (await rules())[0]?.name, poll).toBe('Night');
    await expect.poll(() => mine.getByLabel('Name').inputValue(), poll).toBe('My night');
    await mine.getByRole('button', { name: 'Keep mine' }).click();
    await mine.getByRole('button', { name: 'Save' }).click();
    await expect.poll(async () => (await rules())[0]?.name, poll).toBe('My night');
    expect((await rules())[0]?.action.kind).toBe('voicemail');
    await other.close();
  });

  it('can be tried before they are saved, and take their times from a painted week', async () => {
    await clear();
    const page = await open(`routing/new?number=${numberId}`);
    const dialog = page.locator('gosip-rule-dialog');
    await dialog.getByLabel('Name').fill('Shop');
    await dialog.getByRole('button', { name: 'Paint the week' }).click();
    await dialog
      .getByRole('gridcell', { name: 'Monday 23:00' })
      .or(dialog.getByRole('gridcell', { name: 'Monday 11:00 PM' }))
      .focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowUp');
    await expectClean(admin, 'a week');
    await dialog.getByLabel('What happens').first().selectOption('reject');
    const simulator = dialog.locator('gosip-simulator');
    const ask = async (at: string) => {
      await simulator.getByLabel('at', { exact: true }).fill(at);
      await simulator.getByRole('button', { name: 'Show' }).click();
    };
    // A Monday; the house's clock is UTC.
    await ask('2026-06-01T22:30');
    await simulator.getByText('“Shop” fits and decides').waitFor();
    await ask('2026-06-01T21:30');
    await simulator.getByText('“Shop”: the time does not fit').waitFor();
    expect(await rules()).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Shop was saved').waitFor();
    expect((await rules())[0]?.conditions).toMatchObject({ times: [{ weekdays: [1], from: '22:00', to: '00:00' }] });
  });
});

describe.skipIf(isMissing)('what routing is made of', { timeout: 120_000 }, () => {
  it('is changed for all calls, with what is wrong at its field', async () => {
    const page = await open('routing?view=all');
    await page.getByLabel('Where no rule says how long (seconds)').fill('3');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Use a number from 5 to 300.').waitFor();
    await expectClean(admin, 'for all calls');
    await page.getByLabel('Where no rule says how long (seconds)').fill('25');
    await page.getByLabel('Groups of contacts (VIP)').fill('Family');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    expect(await house.ask('GET', '/routing/settings')).toMatchObject({
      ringSeconds: 25,
      vipGroups: expect.arrayContaining(['Family']),
    });
    await page.getByRole('button', { name: 'Holidays' }).click();
    await page.getByLabel('Day', { exact: true }).fill('2030-12-24');
    await page.getByLabel('Every year').check();
    await page.getByRole('button', { name: 'Add day' }).click();
    await page.getByText('24 December', { exact: true }).first().waitFor();
    await expectClean(admin, 'holidays');
    expect(await house.ask('GET', '/routing/settings')).toMatchObject({ holidays: ['12-24'] });
  });

  it('is a number that is added by hand, given to somebody and deleted', async () => {
    const page = await open('numbers');
    await page.getByRole('button', { name: 'Add number' }).click();
    const dialog = page.locator('gosip-number-dialog');
    await dialog.getByLabel('Number', { exact: true }).fill('555');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Write the number in full, such as +14165550123.').waitFor();
    await expectClean(admin, 'a number that is none');
    await dialog.getByLabel('Number', { exact: true }).fill('+1 (416) 555-0122');
    await dialog.getByLabel('Belongs to').selectOption({ label: 'Ben' });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Belongs to Ben').waitFor();
    await house.ask('PATCH', `/dids/${numberId}`, { name: 'Whole house' });
    await page.getByText('Whole house').waitFor();
    await page.getByRole('button', { name: 'Import from Twilio' }).click();
    await page.getByRole('link', { name: 'Set up Twilio' }).waitFor();
    await expectClean(admin, 'numbers');
    await page.getByText('+14165550122').first().click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await expect.poll(async () => (await house.ask<Listed<Named>>('GET', '/dids')).items.length, poll).toBe(1);
  });

  it('is a ring group that can be tried before it is saved', async () => {
    const page = await open('ring-groups');
    await page.getByText('No ring group yet').waitFor();
    await page.getByRole('button', { name: 'Add ring group' }).click();
    const dialog = page.locator('gosip-ring-group-dialog');
    await dialog.getByLabel('Name').fill('Downstairs');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.locator('gosip-targets .wrong').waitFor();
    await dialog.getByLabel('Add: Members').selectOption({ label: 'Kitchen' });
    await dialog.getByRole('button', { name: 'Who would ring now?' }).click();
    await dialog.getByText('Kitchen would ring').waitFor();
    await expectClean(admin, 'a ring group');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.locator('gosip-ring-groups').getByText('Kitchen rings for 30 seconds').waitFor();
  });

  it('is an escalation chain that says whom it calls before it does, and is seen live', async () => {
    const page = await open('escalations/new');
    const dialog = page.locator('gosip-chain-dialog');
    await dialog.getByLabel('Name').fill('Help');
    await dialog.getByLabel('Add: Who rings').selectOption({ label: 'Kitchen' });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: /Help/ }).click();
    await dialog.getByRole('button', { name: 'Call them now…' }).click();
    await dialog.getByText('This really calls Kitchen').waitFor();
    await expectClean(admin, 'a chain that is about to be called');
    const rung = kitchen.incomingCall(60);
    await dialog.getByRole('button', { name: 'Call people now' }).click();
    await page.getByRole('heading', { name: 'Going on' }).waitFor();
    await rung;
    await page.getByText('Kitchen: rings').waitFor();
    await expectClean(admin, 'a chain that is called');
    await page.getByRole('button', { name: /^Cancel.*Help$/ }).click();
    await page.getByRole('heading', { name: 'Lately' }).waitFor();
    await page.getByText('Cancelled', { exact: true }).waitFor();
  });
});

describe.skipIf(isMissing)('the pages of routing', { timeout: 180_000 }, () => {
  it('show hostile names as text, in both themes and at 320 pixels', async () => {
    await clear();
    const target = { kind: 'device', id: kitchenId };
    const group = await house.ask<Named>('POST', '/ring-groups', { name: hostile, members: [target] });
    const chain = await house.ask<Named>('POST', '/escalation-chains', { name: hostile, steps: [{ targets: [target] }] });
    await house.ask('PATCH', `/dids/${numberId}`, { name: hostile });
    const { id } = await addRule(hostile, {
      conditions: { callers: [{ kind: 'group', group: hostile }] },
      action: { kind: 'voicemail', greeting: hostile },
    });
    await house.ask('PATCH', '/routing/settings', { vipGroups: [hostile] });
    await using visitor = await signIn(browser, house.url, { username: 'anna', password });
    const { page } = visitor;
    await page.setViewportSize({ width: 320, height: 640 });
    for (const path of [
      'routing',
      `routing/${id}`,
      'routing?view=all',
      'routing?view=holidays',
      'numbers',
      `numbers/${numberId}`,
      'ring-groups',
      `ring-groups/${group.id}`,
      'escalations',
      `escalations/${chain.id}`,
    ]) {
      await page.goto(`${house.url}${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      if (!path.endsWith('holidays')) await page.getByText('<img class=planted').first().waitFor();
      await expectClean(visitor, path);
    }
  });

  it('say to others that they are for administrators', async () => {
    await using visitor = await signIn(browser, house.url, { username: 'ben', password });
    for (const path of ['routing', 'numbers', 'ring-groups', 'escalations']) {
      await visitor.page.goto(`${house.url}${path}`);
      await visitor.page.getByText('Only an administrator may do this.').first().waitFor();
      await expectClean(visitor, path);
    }
  });
});
