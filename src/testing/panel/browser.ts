// A real Chromium that opens the panel, and reports what a person would not see: violations of the policy and faults of the page.
// Called by the flows of the panel and by script/panel-screenshots.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, BrowserContextOptions, Frame, Page } from 'playwright-core';
import { chromiumPath } from './requirements.ts';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

// Programs of the page itself, as text: they are no part of this process.
const reportViolations = `document.addEventListener('securitypolicyviolation', (event) =>
  console.error('Violates ' + event.violatedDirective + ': ' + event.blockedURI + ' ' + event.sourceFile + ':' + event.lineNumber + ' ' + event.sample));`;
const runAxe = `axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.flatMap(({ id, nodes }) =>
  nodes.map(({ target, failureSummary }) => id + ' ' + JSON.stringify(target) + ' ' + failureSummary.replaceAll(/\\s+/g, ' '))))`;

/** Roles of the accessibility tree that somebody acts on, or that tell where somebody is. */
const controls = new Set([
  'button',
  'link',
  'textbox',
  'searchbox',
  'combobox',
  'listbox',
  'checkbox',
  'radio',
  'switch',
  'slider',
  'spinbutton',
  'tab',
  'menuitem',
  'dialog',
  'alertdialog',
  'navigation',
  'Date',
  'InputTime',
]);

/** Chromium (Debian package `chromium`), with a home of its own. */
export class PanelBrowser implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #home: string;

  private constructor(browser: Browser, home: string) {
    this.#browser = browser;
    this.#home = home;
  }

  /** `more`: flags of Chromium beside the usual ones. */
  static async start(more: readonly string[] = []): Promise<PanelBrowser> {
    const home = mkdtempSync(join(tmpdir(), 'gosip-browser-'));
    const browser = await chromium.launch({
      executablePath: chromiumPath,
      args: [...flags, ...more],
      env: { ...process.env, HOME: home },
      timeout: 120_000,
    });
    return new PanelBrowser(browser, home);
  }

  /** One person's browser. */
  async open(options: BrowserContextOptions = {}): Promise<PanelVisitor> {
    const context = await this.#browser.newContext({
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
      viewport: { width: 1280, height: 800 },
      reducedMotion: 'reduce',
      ...options,
    });
    return PanelVisitor.from(context);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    rmSync(this.#home, { recursive: true, force: true });
  }
}

/** A page of the panel and everything that went wrong in it. */
export class PanelVisitor implements AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Violations of the content security policy, errors that nobody caught, what the console calls an error. */
  readonly faults: string[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
  }

  static async from(context: BrowserContext): Promise<PanelVisitor> {
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const visitor = new PanelVisitor(context, page);
    page.on('pageerror', (error) => visitor.faults.push(String(error)));
    page.on('console', (message) => {
      // A reply that is no success is no fault of the page.
      const isReply = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isReply) visitor.faults.push(message.text());
    });
    await context.addInitScript({ content: reportViolations });
    return visitor;
  }

  /** Runs axe over everything on the screen, or in a frame of it; what it finds, one line each. */
  async accessibilityProblems(axeSource: string, frame: Pick<Frame, 'evaluate'> = this.page): Promise<string[]> {
    await frame.evaluate(axeSource);
    return frame.evaluate<string[]>(runAxe);
  }

  /** What can be used but has no name in the browser’s own accessibility tree; axe does not see those of some elements of Material. */
  async namelessControls(): Promise<string[]> {
    const session = await this.context.newCDPSession(this.page);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    await session.detach();
    return nodes
      .filter(
        ({ ignored, role, name }) => !ignored && controls.has(String(role?.value)) && String(name?.value ?? '').trim() === '',
      )
      .map(({ role, properties = [] }) => `${role?.value} ${properties.map(({ name: key }) => key).join(' ')}`);
  }

  /** By how many pixels somebody would have to scroll sideways. */
  async pixelsTooWide(): Promise<number> {
    return this.page.evaluate<number>('Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
  }
}
