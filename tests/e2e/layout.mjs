// Opens /docs in Chromium at several widths, with the create call unfolded, and
// then the page for receivers. argv: the npm packages, the gateway, the folder of
// the screenshots. Prints the sizes, in pixels, as a line of JSON.
import { createRequire } from "node:module";

const [packages, gateway, folder] = process.argv.slice(2);
const require = createRequire(packages + "/package.json");
const { chromium } = require("playwright-core");

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  headless: true,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

// Returns the width of the content. A page that is narrower scrolls sideways.
const contentWidth = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth);

try {
  const seen = [];
  for (const width of [1280, 390, 320]) {
    const errors = [];
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    await page.goto(`${gateway}/docs`);
    const create = page.locator("#operations-Webhook-WebhookService_Create");
    await create.locator(".opblock-summary-control").click();
    await create.locator(".responses-table .response").last().waitFor();
    await create.locator(".responses-table .microlight").last().waitFor();
    const result = {
      width,
      content: await contentWidth(page),
      height: (await create.boundingBox()).height,
      errors,
    };
    await create.screenshot({ path: `${folder}/docs-${width}.png` });
    result.order = await page.locator(".opblock-tag").allInnerTexts();
    const descriptions = page.locator(".opblock-tag > small");
    result.descriptions = await descriptions.evaluateAll((all) =>
      all.map((one) => one.getBoundingClientRect().width),
    );
    await page.goto(`${gateway}/docs/receiving.html`);
    await page.getByRole("heading", { name: "Receiving deliveries" }).waitFor();
    result.receiving = await contentWidth(page);
    result.tables = await page.locator("table").count();
    result.blocks = await page.locator("pre").count();
    await page.screenshot({ path: `${folder}/receiving-${width}.png` });
    seen.push(result);
    await page.close();
  }
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
