import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Stack } from '@badger-store/stack';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const candidates = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const executablePath = candidates.find((path) => path && existsSync(path));

/** Skips, and says why, on a machine without Chromium. */
export const describeInBrowser: jest.Describe | jest.Describe['skip'] = executablePath ? describe : describe.skip;
if (!executablePath) {
  process.stderr.write('Stories in a browser are skipped: there is no Chromium here. Install it, or set CHROMIUM.\n');
}

const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const defaultTimeoutMs = 20_000;
const screenshots = resolve(__dirname, '../../../../test-output/screenshots');

/** A page in a browser profile of its own, which notes what goes wrong in it. */
export interface Visitor {
  readonly page: Page;
  /** Errors of scripts, and what the Content-Security-Policy refused. */
  readonly errors: string[];
  /** Another tab of the same browser. */
  openTab(path?: string): Promise<Page>;
}

export interface Visits {
  readonly url: string;
  visit(path?: string, options?: BrowserContextOptions): Promise<Visitor>;
  close(): Promise<void>;
}

/** Browsers whose visitors come to a store at `localhost`, which counts as safe without TLS. */
export async function openBrowser(shop: Pick<Stack, 'url'>): Promise<Visits> {
  const browser: Browser = await chromium.launch({ executablePath, args });
  const url = shop.url.replace('//127.0.0.1:', '//localhost:');
  return {
    url,
    async visit(path = '/', options = {}) {
      const context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 800 }, ...options });
      context.setDefaultTimeout(defaultTimeoutMs);
      const errors: string[] = [];
      const openTab = async (address = '/') => {
        const page = await context.newPage();
        page.on('pageerror', (error) => errors.push(error.message));
        page.on('console', (message) => {
          if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
            errors.push(message.text());
          }
        });
        await page.goto(address);
        return page;
      };
      return { page: await openTab(path), errors, openTab };
    },
    close: () => browser.close(),
  };
}

/** Leaves a picture in test-output/screenshots. */
export async function takeScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`), animations: 'disabled' });
}

export const addButton = (page: Page, name: string) => page.getByRole('button', { name: `Add ${name} to cart` });

/** What the cart button says. */
export const untilCartHas = (page: Page, count: number) =>
  page.getByRole('button', { name: new RegExp(`^Cart ${count} item`) }).waitFor();

export async function openCart(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Cart \d/ }).click();
  await page.getByRole('dialog', { name: 'Your cart' }).waitFor();
}

export async function goToCheckout(page: Page): Promise<void> {
  await openCart(page);
  await page.getByRole('link', { name: 'Check out' }).click();
  await page.getByRole('heading', { name: 'Checkout' }).waitFor();
}

export async function pay(page: Page, card: string): Promise<void> {
  await page.getByRole('radio', { name: card, exact: true }).check();
  await page.getByRole('button', { name: /^Pay €/ }).click();
}

export const untilThanked = (page: Page, timeout = 30_000) =>
  page.getByRole('heading', { name: 'Thanks for shopping with us!' }).waitFor({ timeout });
