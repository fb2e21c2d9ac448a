import { type Browser, chromium } from 'playwright-core';
import { rotationId } from '../../rotation/rotation-id';
import { type ChromiumProgram } from './servers/chromium-program';
import { type SharedServers } from './shared-servers';

/** It shows pages of this machine only: whatever a browser asks its maker for is switched off. */
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-sync'];

/** Temporal's web UI, as a person uses it. */
export class WebUi {
  readonly #browser: Browser;
  readonly #pages: string;

  private constructor(browser: Browser, pages: string) {
    this.#browser = browser;
    this.#pages = pages;
  }

  /** Opens a browser. */
  static async open(
    { executable: executablePath, env }: ChromiumProgram,
    { uiUrl, namespace }: SharedServers['temporal'],
  ): Promise<WebUi> {
    const browser = await chromium.launch({
      executablePath,
      args,
      env: { ...process.env, ...env },
    });
    return new WebUi(browser, `${uiUrl}/namespaces/${namespace}/workflows`);
  }

  /** Clicks until the rotation is asked to cancel, and waits until the page says so. */
  async cancel(arn: string): Promise<void> {
    const page = await this.#browser.newPage();
    try {
      await page.goto(`${this.#pages}/${encodeURIComponent(rotationId(arn))}`);
      await page.getByRole('button', { name: 'Request Cancellation' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    } finally {
      await page.close();
    }
  }

  /** Closes the browser. */
  async close(): Promise<void> {
    await this.#browser.close();
  }
}
