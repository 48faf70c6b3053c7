// What pictures are made of: every page of the panel, and what opens on it.
// Called by screenshots.ts.
import type { PanelVisitor } from './browser.ts';

export type Shot = { readonly name: string; readonly path: string; readonly act?: (visitor: PanelVisitor) => Promise<void> };

export const shots: readonly Shot[] = [
  { name: 'dashboard', path: '' },
  { name: 'calls', path: 'calls' },
  { name: 'voicemail', path: 'voicemail' },
  { name: 'voicemail-open', path: 'voicemail/vm_school' },
  { name: 'voicemail-lost', path: 'voicemail/vm_lost' },
  { name: 'voicemail-archived', path: 'voicemail?view=archived&text=nothing' },
  { name: 'calls-narrowed', path: 'calls?disposition=failed&direction=outbound&from=2026-01-01&number=15' },
  { name: 'calls-filters', path: 'calls', act: ({ page }) => page.getByRole('button', { name: 'Filters' }).click() },
  { name: 'calls-none', path: 'calls?text=nobody' },
  { name: 'call', path: 'calls/call_furnished' },
  { name: 'why', path: 'why' },
  { name: 'why-call', path: 'why/call_furnished' },
  {
    name: 'why-phone',
    path: 'why',
    act: async ({ page }) => {
      await page.getByRole('button', { name: 'A phone' }).click();
      await page.getByText('Office computer', { exact: true }).click();
    },
  },
  { name: 'messages', path: 'messages' },
  { name: 'messages-thread', path: 'messages/conv_p0' },
  { name: 'messages-failed', path: 'messages/conv_p2' },
  { name: 'messages-stop', path: 'messages/conv_p3' },
  {
    name: 'messages-write',
    path: 'messages?to=',
    act: async ({ page }) => {
      await page.getByRole('combobox', { name: 'To' }).fill('+49 170 1234567');
      await page.getByRole('textbox', { name: 'Write a message' }).fill(`Grüße von Jiří! ${'Wir kommen. '.repeat(8)}`);
    },
  },
  { name: 'auto-replies', path: 'auto-replies' },
  { name: 'auto-reply', path: 'auto-replies/auto_p' },
  { name: 'messages-search', path: 'messages?text=train' },
  { name: 'phones', path: 'phones' },
  { name: 'phone', path: 'phones', act: ({ page }) => page.getByText('Kitchen', { exact: true }).first().click() },
  { name: 'add-phone', path: 'phones', act: ({ page }) => page.getByRole('button', { name: 'Add phone' }).click() },
  {
    name: 'connect-phone',
    path: 'phones',
    act: async ({ page }) => {
      await page.getByRole('button', { name: 'Add phone' }).click();
      await page.locator('gosip-add-phone-dialog').getByLabel('Name').fill(`Garage ${page.viewportSize()?.width}`);
      await page.locator('gosip-add-phone-dialog').getByRole('button', { name: 'Add phone' }).click();
      await page.getByText('Waiting for the phone').waitFor();
    },
  },
  { name: 'trunks', path: 'trunks' },
  { name: 'trunk', path: 'trunks', act: ({ page }) => page.getByText('Provider in town', { exact: true }).first().click() },
  { name: 'add-trunk', path: 'trunks', act: ({ page }) => page.getByRole('button', { name: 'Add trunk' }).click() },
  {
    name: 'trunk-form',
    path: 'trunks',
    act: async ({ page }) => {
      await page.getByRole('button', { name: 'Add trunk' }).click();
      await page.getByRole('button', { name: /FRITZ!Box/ }).click();
      await page.locator('gosip-add-trunk-dialog').getByLabel('Server').fill('fritz.invalid');
      await page.getByRole('button', { name: 'Check' }).click();
      await page.getByText('This name leads nowhere').waitFor();
    },
  },
  {
    name: 'phone-fault',
    path: 'phones',
    act: ({ page }) => page.getByText('Grandmother’s cordless', { exact: false }).first().click(),
  },
  {
    name: 'why-fault',
    path: 'why',
    act: async ({ page }) => {
      await page.getByRole('button', { name: 'A phone' }).click();
      await page.getByText('Grandmother’s cordless', { exact: false }).first().click();
    },
  },
  {
    name: 'child-line',
    path: 'phones',
    act: async ({ page }) => {
      await page.getByText('Grandmother’s cordless', { exact: false }).first().click();
      await page.getByRole('button', { name: 'Change: Child’s line' }).click();
      await page.locator('gosip-child-line-dialog').getByRole('button', { name: 'Add time' }).click();
    },
  },
  {
    name: 'permission-hours',
    path: 'phones',
    act: async ({ page }) => {
      await page.getByText('Office computer', { exact: false }).first().click();
      await page.getByRole('button', { name: 'Change: Calls outside' }).click();
      await page.getByLabel('Only at set times').check();
    },
  },
  { name: 'phone-tested', path: 'phones', act: ({ page }) => page.getByText('Cellar', { exact: true }).first().click() },
  { name: 'welcome-network', path: 'welcome/network' },
  { name: 'welcome-phone', path: 'welcome/phone' },
  {
    name: 'welcome-connect',
    path: 'welcome/phone',
    act: async ({ page }) => {
      await page.getByLabel('Name').fill(`Attic ${page.viewportSize()?.width}`);
      await page.getByRole('button', { name: 'Add phone' }).click();
      await page.getByText('Waiting for the phone').waitFor();
    },
  },
  { name: 'welcome-done', path: 'welcome/done' },
  { name: 'welcome-twilio', path: 'welcome/twilio' },
  { name: 'twilio', path: 'twilio' },
  { name: 'outgoing', path: 'outgoing' },
  { name: 'people', path: 'people' },
  { name: 'person', path: 'people', act: ({ page }) => page.getByText('Ben', { exact: true }).first().click() },
  {
    name: 'person-notifications',
    path: 'people',
    act: async ({ page }) => {
      await page.getByText('Ben', { exact: true }).first().click();
      await page.locator('gosip-person-dialog').getByText('Notifications', { exact: true }).click();
      await page.locator('gosip-notification-targets').scrollIntoViewIfNeeded();
      await page.mouse.move(400, 500);
      await page.mouse.wheel(0, 500);
    },
  },
  {
    name: 'person-nowhere',
    path: 'people',
    act: async ({ page }) => {
      await page.getByText('Clara', { exact: false }).first().click();
      await page.locator('gosip-person-dialog').getByText('Notifications', { exact: true }).click();
      await page.locator('gosip-notification-kinds').scrollIntoViewIfNeeded();
    },
  },
  { name: 'contacts', path: 'contacts' },
  { name: 'contact-view', path: 'contacts', act: ({ page }) => page.getByText('School', { exact: true }).first().click() },
  {
    name: 'contact-edit',
    path: 'contacts',
    act: async ({ page }) => {
      await page.getByText('School', { exact: true }).first().click();
      await page.getByRole('button', { name: 'Edit' }).click();
    },
  },
  { name: 'contact-doubles', path: 'contacts/doubles' },
  { name: 'contact-books', path: 'contacts/address-books' },
  { name: 'contact-files', path: 'contacts', act: ({ page }) => page.getByRole('button', { name: 'Import and export' }).click() },
  { name: 'blocklist', path: 'blocklist' },
  { name: 'home-assistant', path: 'home-assistant' },
  { name: 'routing', path: 'routing' },
  { name: 'routing-all', path: 'routing?view=all' },
  { name: 'routing-holidays', path: 'routing?view=holidays' },
  { name: 'routing-rule', path: 'routing', act: ({ page }) => page.getByRole('link', { name: 'Night' }).click() },
  { name: 'routing-new', path: 'routing/new' },
  { name: 'settings', path: 'settings' },
  { name: 'my-settings', path: 'my-settings' },
  { name: 'notifications', path: 'notifications' },
  {
    name: 'notifications-kinds',
    path: 'notifications',
    act: async ({ page }) => {
      await page.getByText('Quiet hours and do not disturb').first().click();
      await page.getByRole('region', { name: 'What you are told' }).scrollIntoViewIfNeeded();
      await page.mouse.wheel(0, 500);
    },
  },
  {
    name: 'notifications-quiet',
    path: 'notifications',
    act: async ({ page }) => {
      await page.getByRole('gridcell', { name: /^Wednesday 08:00/ }).press(' ');
      await page.getByRole('button', { name: 'Save' }).scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'add-target',
    path: 'notifications',
    act: async ({ page }) => {
      await page.getByRole('button', { name: 'Add mail address' }).click();
      const dialog = page.locator('gosip-add-target-dialog');
      await dialog.getByRole('textbox', { name: 'Mail address' }).fill('anna at home');
      await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    },
  },
  {
    name: 'target',
    path: 'notifications',
    act: ({ page }) => page.getByRole('button', { name: 'Change: Anna’s phone' }).click(),
  },
  { name: 'channels', path: 'channels' },
  { name: 'channel-mail', path: 'channels/mail' },
  { name: 'channel-ntfy', path: 'channels/ntfy' },
  { name: 'deliveries', path: 'deliveries' },
  { name: 'deliveries-none', path: 'deliveries?state=sending' },
  { name: 'deliveries-filters', path: 'deliveries', act: ({ page }) => page.getByRole('button', { name: 'Filters' }).click() },
  { name: 'delivery', path: 'deliveries/dlv_furnished1', act: ({ page }) => page.getByText('What was sent').click() },
  { name: 'delivery-waiting', path: 'deliveries/dlv_furnished2' },
  {
    name: 'deliveries-resend',
    path: 'deliveries',
    act: ({ page }) => page.getByRole('button', { name: 'Send again what did not arrive' }).click(),
  },
  { name: 'webhooks', path: 'webhooks' },
  { name: 'webhook', path: 'webhooks', act: ({ page }) => page.getByText('Node-RED', { exact: true }).click() },
  {
    name: 'webhook-told',
    path: 'webhooks',
    act: async ({ page }) => {
      await page.getByText('Node-RED', { exact: true }).click();
      await page.locator('gosip-webhook-deliveries summary').nth(2).click();
      await page.locator('gosip-webhook-deliveries li').nth(2).scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'webhook-new',
    path: 'webhooks',
    act: async ({ page }) => {
      await page.getByRole('button', { name: /^Add/ }).click();
      await page.locator('gosip-webhook-dialog').getByRole('button', { name: /^Add/ }).click();
    },
  },
  {
    name: 'dnd-schedule',
    path: 'my-settings',
    act: ({ page }) => page.getByRole('button', { name: /^Schedule: / }).click(),
  },
  { name: 'security', path: 'security' },
  { name: 'api-token', path: 'security', act: ({ page }) => page.getByRole('button', { name: 'Make a token' }).click() },
  { name: 'backup', path: 'backup' },
  { name: 'recording', path: 'recording' },
  { name: 'metrics', path: 'metrics' },
  { name: 'alerts', path: 'alerts' },
  { name: 'logs', path: 'logs' },
  {
    name: 'routing-week',
    path: 'routing',
    act: async ({ page }) => {
      await page.getByRole('link', { name: 'Night' }).click();
      await page.getByRole('button', { name: 'Paint the week' }).click();
      await page.getByRole('grid').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'routing-tried',
    path: 'routing',
    act: async ({ page }) => {
      await page.getByRole('button', { name: 'Try Night' }).click();
      await page.locator('gosip-simulator .answer').scrollIntoViewIfNeeded();
    },
  },
  { name: 'numbers', path: 'numbers' },
  { name: 'number', path: 'numbers', act: ({ page }) => page.getByText('House', { exact: true }).click() },
  { name: 'ring-groups', path: 'ring-groups' },
  { name: 'ring-group', path: 'ring-groups', act: ({ page }) => page.getByText('Everybody downstairs').click() },
  { name: 'escalations', path: 'escalations' },
  { name: 'escalation-chain', path: 'escalations', act: ({ page }) => page.getByText('Grandmother fell').first().click() },
  { name: 'dial', path: 'calls', act: ({ page }) => page.getByRole('button', { name: 'Dial' }).click() },
  { name: 'search', path: 'calls', act: ({ page }) => page.keyboard.press('/') },
];
