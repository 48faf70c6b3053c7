import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import type { Browser, BrowserServer, Page } from 'playwright-core';
import { rolldown } from 'rolldown';
import { energyAt } from '#testing/base/wav.ts';
import type { PhoneNetns } from '#testing/peers/phone-network.ts';
import type { PhoneSignal, RealPhone, RealPhoneOptions } from './real-phone.ts';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
];
/** A browser gives microphones to pages of this name without a certificate. */
/** Where the page of the phone is from; a house must name it in `web_origins`. */
export const pageOrigin = 'http://localhost';
const pageAddress = `${pageOrigin}/`;

/** JsSIP in Chromium (Debian package `chromium`): a phone in a browser, with audio by WebRTC. */
export class JsSipPhone implements RealPhone {
  readonly name = 'JsSIP';
  readonly address: string;
  readonly version: string;
  readonly #exchange: string;
  readonly #folder: string;
  readonly #server: BrowserServer;
  readonly #page: Page;
  readonly #read: Record<PhoneSignal, number> = { rings: 0, talks: 0, ended: 0 };
  readonly #said: string[] = [];

  private constructor(
    options: RealPhoneOptions,
    started: { folder: string; server: BrowserServer; page: Page; version: string },
  ) {
    this.address = options.netns.address;
    this.#exchange = options.exchange;
    this.#folder = started.folder;
    this.#server = started.server;
    this.#page = started.page;
    this.version = started.version;
    this.#page.on('console', (message) => this.#said.push(message.text()));
    this.#page.on('pageerror', (error) => this.#said.push(String(error)));
  }

  static async start(options: RealPhoneOptions): Promise<JsSipPhone> {
    const folder = await mkdtemp(join(tmpdir(), 'gosip-jssip-'));
    const server = await chromium.launchServer({ executablePath: await chromiumIn(options.netns, folder), args: flags });
    const browser = await chromium.connect(server.wsEndpoint());
    const page = await openPage(browser);
    const version = `${await page.evaluate<string>('phone.version')} in Chromium ${browser.version()}`;
    const phone = new JsSipPhone(options, { folder, server, page, version });
    const { login, exchange, toneHz, expires = 300 } = options;
    const account = {
      expires,
      socket: `ws://${exchange}:5080`,
      uri: `sip:${login.username}@${exchange}`,
      password: login.password,
      toneHz,
    };
    await phone.#page.evaluate(`phone.start(${JSON.stringify(account)})`);
    return phone;
  }

  async waitFor(signal: PhoneSignal, limitSeconds = 30): Promise<void> {
    for (let waited = 0; waited < limitSeconds * 10; waited += 1) {
      const all = await this.#page.evaluate<string[]>('phone.news');
      const at = all.indexOf(signal, this.#read[signal]);
      if (at !== -1) {
        this.#read[signal] = at + 1;
        return;
      }
      await sleep(100);
    }
    throw new Error(`JsSIP did not say in ${limitSeconds} s that it ${signal}:\n${this.output()}`);
  }

  dial(extension: string): Promise<void> {
    return this.#page.evaluate(`phone.dial('sip:${extension}@${this.#exchange}')`);
  }

  answer(): Promise<void> {
    return this.#page.evaluate('phone.answer()');
  }

  hangUp(): Promise<void> {
    return this.#page.evaluate('phone.hangUp()');
  }

  hold(): Promise<void> {
    return this.#page.evaluate('void phone.hold()');
  }

  resume(): Promise<void> {
    return this.#page.evaluate('void phone.resume()');
  }

  transfer(extension: string): Promise<void> {
    return this.#page.evaluate(`phone.transfer('sip:${extension}@${this.#exchange}')`);
  }

  async toneShare(frequency: number): Promise<number> {
    const { sampleRate, samples } = await this.#page.evaluate<{ sampleRate: number; samples: number[] }>('phone.heard()');
    return energyAt({ sampleRate, samples: Int16Array.from(samples, (sample) => sample * 32_767) }, frequency);
  }

  output(): string {
    return this.#said.join('\n');
  }

  kill(): Promise<void> {
    return this.#server.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** The browser is started by a file, and this one starts it in its place. */
async function chromiumIn(place: PhoneNetns, folder: string): Promise<string> {
  const [program, args] = place.command('chromium', []);
  const file = join(folder, 'chromium');
  await writeFile(file, `#!/bin/sh\nexport HOME=${folder}\nexec ${program} ${args.join(' ')} "$@"\n`);
  await chmod(file, 0o755);
  return file;
}

async function openPage(browser: Browser): Promise<Page> {
  const bundle = await rolldown({ input: join(import.meta.dirname, 'jssip-page.mjs'), platform: 'browser', logLevel: 'silent' });
  const { output } = await bundle.generate({ format: 'iife' });
  const script = output[0].code;
  // What a person answers when the browser asks whether this page may talk to the house.
  const context = await browser.newContext({ permissions: ['microphone', 'local-network-access'] });
  const page = await context.newPage();
  await page.route(pageAddress, (route) => route.fulfill({ contentType: 'text/html', body: '<title>phone</title>' }));
  await page.goto(pageAddress);
  await page.addScriptTag({ content: script });
  return page;
}
