// The pictures of the panel in README.md and DOCS.md: docs/pictures.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PanelBrowser } from './browser.ts';
import { furnish } from './furnished-house.ts';
import { PanelHouse } from './panel-house.ts';
import { signIn } from './visit.ts';

const folder = join(import.meta.dirname, '../../../docs/pictures');
const pictures = { dashboard: '', messages: 'messages/conv_p0', routing: 'routing' };

mkdirSync(folder, { recursive: true });
await using house = await PanelHouse.start();
await using browser = await PanelBrowser.start();
await using visitor = await signIn(browser, house.url, await furnish(house));
const { page } = visitor;
await page.setViewportSize({ width: 1280, height: 800 });
for (const [name, path] of Object.entries(pictures)) {
  await page.goto(`${house.url}${path}`);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForTimeout(1_500);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
