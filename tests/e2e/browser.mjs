// Opens /docs in Chromium and tries the create call through the page. argv: the
// npm packages, the gateway, the key, the file of the screenshot. Prints the
// result as a line of JSON.
import { createRequire } from "node:module";

const [packages, gateway, key, picture] = process.argv.slice(2);
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
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
  const seen = { hosts: new Set(), errors: [] };
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.protocol !== "blob:") {
      seen.hosts.add(url.host);
    }
  });
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") seen.errors.push(message.text());
  });

  await page.goto(`${gateway}/docs`);
  await page.getByRole("button", { name: "Authorize" }).click();
  await page.getByLabel("api_key_value").or(page.locator("#api_key_value")).fill(key);
  await page.locator(".modal-ux .auth.authorize").click();
  await page.locator(".modal-ux .btn-done").click();

  const create = page.locator("#operations-Webhook-WebhookService_Create");
  await create.locator(".opblock-summary-control").click();
  const body = await create.locator("textarea.body-param__text").inputValue();
  const answered = page.waitForResponse(
    (response) => response.request().method() === "POST",
  );
  await create.getByRole("button", { name: "Execute" }).click();
  const answer = await answered;
  await create.locator(".live-responses-table .response-col_status").last().waitFor();
  const shown = await create
    .locator(".live-responses-table tbody .response-col_status")
    .first()
    .innerText();
  await create.scrollIntoViewIfNeeded();
  await page.screenshot({ path: picture });
  console.log(
    JSON.stringify({
      body: JSON.parse(body),
      status: answer.status(),
      shown,
      hosts: [...seen.hosts],
      errors: seen.errors,
    }),
  );
} finally {
  await browser.close();
}
