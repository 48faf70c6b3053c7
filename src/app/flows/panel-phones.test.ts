import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PanelBrowser } from '#testing/panel/browser.ts';
import type { PanelVisitor } from '#testing/panel/browser.ts';
import { tabTo } from '#testing/panel/keyboard.ts';
import { PanelHouse } from '#testing/panel/panel-house.ts';
import { plantedMarkup } from '#testing/panel/planted-markup.ts';
import { isBrowserMissing } from '#testing/panel/requirements.ts';
import { expectClean, signIn } from '#testing/panel/visit.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import type { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

const password = 'kranich87zaun';
const provider = '127.0.0.44';
type Made = { readonly id: string; readonly username: string; readonly secret: string };

describe.skipIf(isBrowserMissing())('the phones of the house', { timeout: 180_000 }, () => {
  let stack: AsyncDisposableStack;
  let house: PanelHouse;
  let browser: PanelBrowser;
  let anna: PanelVisitor;
  let kitchen: Made;
  let kitchenPhone: SimulatedPhone;

  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    const trunk = stack.use(await SipPeer.udp({ address: provider }));
    house = stack.use(await PanelHouse.start({ country: 'CA' }));
    await house.ask('POST', '/trunks', { name: 'provider', host: provider, port: trunk.port, allow: [`${provider}/32`] });
    browser = stack.use(await PanelBrowser.start());
    await house.ask('POST', '/users', { username: 'anna', name: 'Anna', role: 'admin', password });
    const ben = await house.ask<{ id: string }>('POST', '/users', { username: 'ben', name: 'Ben', password });
    kitchen = await house.ask<Made>('POST', '/devices', { name: 'Kitchen', extension: '11', type: 'grandstream' });
    await house.ask('POST', '/devices', { name: plantedMarkup, extension: '12', personId: ben.id });
    kitchenPhone = await house.phone(kitchen, { incomingCallAction: 'busy' });
    anna = stack.use(await signIn(browser, house.url, { username: 'anna', password }));
  });
  afterAll(() => stack?.disposeAsync());

  it('tell live what is wrong with the password, and that it is right again', async () => {
    const { page } = anna;
    await page.goto(`${house.url}phones`);
    await page.getByText('0 of 2 online').waitFor();
    const mistyped = await house.phone({ username: kitchen.username, secret: 'mistyped' });
    await mistyped.register();
    await page.getByText('It has a wrong password').waitFor();
    await expectClean(anna, 'phones');
    await page.getByRole('link', { name: /^Kitchen/ }).click();
    const dialog = page.locator('gosip-phone-dialog');
    await dialog.getByText('Type the password in again, or make a new one.').waitFor();
    await expectClean(anna, 'a phone with a fault');
    await kitchenPhone.register();
    await dialog.getByText(/^Online since/).waitFor();
    await dialog.getByText(/^Answers within \d+ ms$/).waitFor();
    await expect.poll(() => dialog.getByText('It has a wrong password').count(), { timeout: 30_000 }).toBe(0);
  });

  it('whose plug was pulled do not answer, in the list, on the dashboard and in the reason why alike', async () => {
    const { page } = anna;
    const hall = await house.ask<Made>('POST', '/devices', { name: 'Hall', extension: '13' });
    {
      await using phone = await house.lostPhone(hall);
      await phone.register();
    }
    await page.goto(`${house.url}phones`);
    await page.getByText('2 of 3 online').waitFor();
    await kitchenPhone.call('13').reached('ended', 60);
    await page.getByRole('link', { name: /^Hall/ }).getByText('Does not answer').waitFor();
    await page.getByText('1 of 3 online').waitFor();
    await page.goto(house.url);
    await page.locator('gosip-phones-online').getByRole('link', { name: /^Hall/ }).getByText('Does not answer').waitFor();
    await page.goto(`${house.url}why/${hall.id}`);
    await page.getByText('Hall signed in earlier and does not answer now: calls may not ring there.').waitFor();
    await page.getByText(/It is probably switched off or has lost its network: restart it/).waitFor();
    expect(await page.getByText('Whoever dials').count()).toBe(0);
    // Switched on again with a wrong password: told beside it, whatever its old registration says.
    const mistyped = await house.phone({ username: hall.username, secret: 'mistyped' });
    await mistyped.register();
    await page.getByText('It has a wrong password').waitFor();
    await page.getByRole('button', { name: 'New password for Hall' }).waitFor();
    await expectClean(anna, 'a phone that does not answer');
    const { items } = await house.ask<{ items: { id: string }[] }>('GET', '/cdrs');
    await page.goto(`${house.url}why/${items[0]?.id}`);
    await page.getByText('Hall was connected earlier, but did not respond to the call.').waitFor();
    await page.getByText(/It is probably switched off or has lost its network: restart it/).waitFor();
    await house.ask('DELETE', `/devices/${hall.id}`);
  });

  it('are rung to see which part of the way fails, and lead to why they did not ring', async () => {
    const { page } = anna;
    await page.goto(`${house.url}phones/${kitchen.id}`);
    const dialog = page.locator('gosip-phone-dialog');
    await dialog.getByRole('button', { name: 'Ring it' }).click();
    await dialog.getByText('The phone says it is busy').waitFor();
    await dialog.getByText('Is it off the hook, in another call, or set to do not disturb?').waitFor();
    await expectClean(anna, 'a tested phone');
    await dialog.getByRole('button', { name: 'Why did it not ring?' }).click();
    await page.getByRole('heading', { level: 1, name: 'Why did it not ring?' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/why/${kitchen.id}`);
    // It is no call that anybody missed, and nobody can be called back.
    await page.goto(`${house.url}calls`);
    await page.getByText('Test call').first().waitFor();
    expect(await page.getByText('GoSIP', { exact: true }).locator('visible=true').count()).toBeLessThan(2);
    expect(await page.getByRole('button', { name: 'Call GoSIP' }).count()).toBe(0);
    await expectClean(anna, 'a test call among the calls');
  });

  it('with a user name that is mistyped are told, where phones are added and where they are listed', async () => {
    const { page } = anna;
    const cellar = await house.ask<Made>('POST', '/devices', { name: 'Cellar', extension: '14' });
    await page.goto(`${house.url}phones/${cellar.id}`);
    const dialog = page.locator('gosip-phone-dialog');
    await dialog.getByRole('button', { name: 'New password' }).click();
    await dialog.getByRole('button', { name: 'New password' }).click();
    await dialog.getByText('Waiting for the phone to connect…').waitFor();
    const mistyped = await house.phone({ username: 'tom', secret: 'any' });
    await mistyped.register();
    await dialog
      .getByText(`signs in as “tom”, which no phone is called. Is it this one? Then its user name must be “${cellar.username}”`)
      .waitFor();
    await page.goto(`${house.url}phones`);
    await page.getByText(/signs in as “tom”, which no phone is called/).waitFor();
    await house.ask('DELETE', `/devices/${cellar.id}`);
  });

  it('of others are found by their name by whoever dials, who may see no more of them', async () => {
    await using ben = await signIn(browser, house.url, { username: 'ben', password });
    const { page } = ben;
    const { items } = await house.ask<{ items: { id: string; extension: string }[] }>('GET', '/devices');
    const own = items.find(({ extension }) => extension === '12')?.id ?? '';
    const login = await house.ask<Made>('POST', `/devices/${own}/secret`);
    await (await house.phone(login)).register();
    await page.goto(house.url);
    await page.getByRole('button', { name: 'Dial' }).click();
    const dial = page.locator('gosip-dial-dialog');
    await dial.getByLabel('Number, extension or name').fill('zzz');
    await dial.getByText('Nobody of that name is found.').waitFor();
    await dial.getByLabel('Number, extension or name').fill('Kit');
    await dial.getByRole('button', { name: /^Kitchen/ }).click();
    await expect.poll(() => dial.getByLabel('Number, extension or name').inputValue()).toBe('11');
    await expectClean(ben, 'dialling by name');
    await house.ask('POST', `/devices/${own}/secret`);
  });

  it('are restricted, made a child’s line and given a hotline, each where the phone is', async () => {
    const { page } = anna;
    await page.goto(`${house.url}phones/${kitchen.id}`);
    await page.getByRole('button', { name: 'Change: Calls outside' }).click();
    const permission = page.locator('gosip-call-permission-dialog');
    await permission.getByLabel('May call').selectOption('countries');
    await permission.getByLabel('Countries').fill('at, CH');
    await permission.getByText('Austria, Switzerland').waitFor();
    await expectClean(anna, 'call permission');
    await permission.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The own country and Austria and Switzerland').waitFor();
    await page.getByRole('button', { name: 'Change: Child’s line' }).click();
    const child = page.locator('gosip-child-line-dialog');
    await child.getByLabel('This is a child’s line').check();
    await child.getByLabel('Numbers that are allowed').fill('12');
    await child.getByRole('button', { name: 'Save' }).click();
    await child.locator('.wrong, .problem').first().waitFor();
    expect(await child.getByLabel('Numbers that are allowed').inputValue()).toBe('12');
    await child.getByLabel('Numbers that are allowed').fill('+14165550177');
    await child.getByLabel('Ben').check();
    await expectClean(anna, 'child’s line');
    await child.getByRole('button', { name: 'Save' }).click();
    await page.getByText('1 known caller or group · the whole house').waitFor();
    await page.getByRole('button', { name: 'Change: Hotline' }).click();
    const hotline = page.locator('gosip-hotline-dialog');
    await hotline.getByLabel('Calls', { exact: true }).selectOption({ index: 1 });
    await expectClean(anna, 'hotline');
    await hotline.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/^Always calls/).waitFor();
    await expectClean(anna, 'a phone with limits');
    await house.ask('DELETE', `/devices/${kitchen.id}/call-permission`);
    await house.ask('DELETE', `/devices/${kitchen.id}/child-line`);
    await house.ask('DELETE', `/devices/${kitchen.id}/hotline`);
  });

  it('of a person are restricted to hours of the week and quiet at times, where the person is', async () => {
    const { page } = anna;
    const { items } = await house.ask<{ items: { id: string; name: string }[] }>('GET', '/users');
    const benId = items.find(({ name }) => name === 'Ben')?.id ?? '';
    const permissions = () => house.ask<{ items: { personId: string; hours: unknown }[] }>('GET', '/call-permissions');
    const lines = () => house.ask<{ items: { personId: string; quiet: object[] }[] }>('GET', '/child-lines');
    await page.goto(`${house.url}people/${benId}`);
    await page.getByRole('button', { name: 'Change: Calls outside' }).click();
    const permission = page.locator('gosip-call-permission-dialog');
    await permission.getByLabel('May call').selectOption('national');
    await permission.getByLabel('Only at set times').check();
    await permission.getByRole('gridcell', { name: /^Monday 08:00/ }).click();
    await expectClean(anna, 'hours of a call permission');
    await permission.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The own country · at set times').waitFor();
    const hours = [
      { days: [1], from: '09:00', to: '20:00' },
      { days: [2, 3, 4, 5, 6, 7], from: '08:00', to: '20:00' },
    ];
    expect((await permissions()).items).toMatchObject([{ personId: benId, hours }]);
    await page.getByRole('button', { name: 'Change: Child’s line' }).click();
    const child = page.locator('gosip-child-line-dialog');
    await child.getByLabel('This is a child’s line').check();
    await child.getByRole('button', { name: 'Add time' }).click();
    await child.getByLabel('From', { exact: true }).fill('19:30');
    await child.getByRole('button', { name: 'Monday' }).click();
    await expectClean(anna, 'quiet times');
    await child.getByRole('button', { name: 'Save' }).click();
    await page.getByText('with quiet times').waitFor();
    expect((await lines()).items).toMatchObject([{ personId: benId, quiet: [{ weekdays: [1], from: '19:30', to: '07:00' }] }]);
    // What was written is there again, and another time beside it is kept apart.
    await page.getByRole('button', { name: 'Change: Child’s line' }).click();
    await child.getByRole('button', { name: 'Add time' }).click();
    await expect.poll(() => child.getByLabel('From', { exact: true }).first().inputValue(), { timeout: 30_000 }).toBe('19:30');
    await child.getByRole('button', { name: 'Save' }).click();
    await expect.poll(async () => (await lines()).items[0]?.quiet.length, { timeout: 30_000 }).toBe(2);
    await house.ask('DELETE', `/users/${benId}/call-permission`);
    await house.ask('DELETE', `/users/${benId}/child-line`);
  });

  it('that called where they may not are allowed to in one press, which can be undone', async () => {
    const { page } = anna;
    await page.goto(`${house.url}outgoing`);
    await page.getByText('No call outside was refused.').waitFor();
    await kitchenPhone.call('01137167000000').reached('ended', 30);
    await page.getByText('Calls to this country or kind of number are not allowed').waitFor();
    await expectClean(anna, 'outgoing');
    await page.getByRole('button', { name: 'Allow Latvia' }).click();
    await page.getByText('Latvia may be called now').waitFor();
    await page.getByText('Allowed by an administrator').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => page.getByText('Allowed by an administrator').count(), { timeout: 30_000 }).toBe(0);
    await page.getByLabel('Country or first digits').fill('nonsense');
    await page.keyboard.press('Enter');
    await page.locator('.wrong').waitFor();
    await page.setViewportSize({ width: 320, height: 700 });
    await expectClean(anna, 'outgoing at 320 px');
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('are tested and silenced by whoever has them, by keyboard alone; others are not shown', async () => {
    await using ben = await signIn(browser, house.url, { username: 'ben', password });
    const { page } = ben;
    await page.goto(`${house.url}phones`);
    await page.getByText('0 of 1 online').waitFor();
    expect(await page.getByText('Kitchen').count()).toBe(0);
    await expectClean(ben, 'own phones');
    await tabTo(page, plantedMarkup);
    await page.keyboard.press('Enter');
    const dialog = page.locator('gosip-phone-dialog');
    await tabTo(page, 'Ring it');
    await page.keyboard.press('Enter');
    await dialog.getByText('It is not connected to GoSIP', { exact: true }).last().waitFor();
    await tabTo(page, `Do not disturb: ${plantedMarkup}`);
    await page.keyboard.press('Space');
    await dialog.getByText('On until it is switched off').waitFor();
    expect(await dialog.getByRole('button', { name: 'Delete' }).count()).toBe(0);
    await expectClean(ben, 'an own phone');
    await page.goto(`${house.url}phones/${kitchen.id}`);
    await page.getByText('This phone is not there any more.').waitFor();
    await page.goto(`${house.url}outgoing`);
    await page.getByText('Only an administrator may do this.').first().waitFor();
  });

  it('get a new password that is shown once, and come back when they were deleted by mistake', async () => {
    const { page } = anna;
    await page.goto(`${house.url}phones/${kitchen.id}`);
    const dialog = page.locator('gosip-phone-dialog');
    await dialog.getByRole('button', { name: 'New password' }).click();
    await dialog.getByRole('button', { name: 'New password' }).click();
    await dialog.getByText('Waiting for the phone to connect…').waitFor();
    const secret = await dialog.getByRole('status', { name: 'Password', exact: true }).innerText();
    expect(secret).not.toBe(kitchen.secret);
    await expectClean(anna, 'a new password');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.goto(`${house.url}phones/${kitchen.id}`);
    await dialog.getByText('Offline', { exact: true }).waitFor();
    expect(await page.content()).not.toContain(secret);
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Kitchen was deleted').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('link', { name: /^Kitchen/ }).waitFor();
  });
});
