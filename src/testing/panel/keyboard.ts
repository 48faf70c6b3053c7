// What somebody does who has no mouse.
// Called by the flows of the panel that go by keyboard alone.
import type { Page } from 'playwright-core';

/** The name of what has the focus, through every shadow tree: of a field its label, else its own words. */
const focused = `(() => {
  const chain = [];
  for (let one = document.activeElement; one; one = one.shadowRoot && one.shadowRoot.activeElement) chain.push(one);
  const names = chain.map((one) => one.getAttribute('aria-label') || (one.labels && one.labels[0] && one.labels[0].textContent) || '');
  const own = chain.at(-1);
  const host = own && own.getRootNode().host;
  return [...names, own && own.textContent || '', /^MD-/.test(host && host.tagName || '') ? host.textContent : ''].map((text) => text.trim().replace(/\\s+/g, ' ')).join('|');
})()`;

const maxTabs = 80;

/** Presses Tab until what is called so has the focus. */
export async function tabTo(page: Page, name: string): Promise<void> {
  const seen: string[] = [];
  for (let pressed = 0; pressed < maxTabs; pressed += 1) {
    const now = await page.evaluate<string>(focused);
    if (now.split('|').some((one) => one === name || one.startsWith(`${name} `))) return;
    seen.push(now);
    await page.keyboard.press('Tab');
  }
  throw new Error(`No key led to "${name}", only to: ${[...new Set(seen)].join(' / ')}`);
}
