import { type Browser, chromium, type Page } from "playwright-core";
import { chromium as installedChromium } from "../../dev/stack/install/chromium.ts";

/** A headless Chromium of a test's own. Close it in `afterAll`. */
export interface TestBrowser {
  /** Opens an address in a new page, as somebody in Norway sees it, in English. */
  open(url: string): Promise<Page>;
  close(): Promise<void>;
}

/** Opens a Chromium; where there is none and it cannot be installed, gives the reason to skip a test with. */
export async function openBrowser(): Promise<TestBrowser | { skip: string }> {
  const say = (text: string) => process.stderr.write(`[browser] ${text}\n`);
  let executablePath: string;
  try {
    executablePath = await installedChromium(say);
  } catch (error) {
    const skip = `no browser on this machine: ${(error as Error).message}`;
    say(`skipped: ${skip}`);
    return { skip };
  }
  // Containers have a small /dev/shm, and root has no sandbox.
  const args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"];
  const browser: Browser = await chromium.launch({ executablePath, args, timeout: 120_000 });
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    timezoneId: "Europe/Oslo",
    locale: "en-GB",
  });
  context.setDefaultTimeout(60_000);
  return {
    open: async (url) => {
      const page = await context.newPage();
      await page.goto(url, { waitUntil: "domcontentloaded" });
      return page;
    },
    close: () => browser.close(),
  };
}
