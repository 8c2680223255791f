// Scenarios of all screens: how they look, and how they fail.
import { readFileSync } from "node:fs";

const axe = (packages) => readFileSync(`${packages}/node_modules/axe-core/axe.min.js`, "utf8");

function addresses({ webhook, delivery, event }) {
  const tabs = ["settings", "secrets", "test", "retry"];
  return {
    home: "",
    webhooks: "#/webhooks",
    create: "#/webhooks?create=1",
    webhook: `#/webhooks/${webhook}`,
    ...Object.fromEntries(tabs.map((tab) => [tab, `#/webhooks/${webhook}?tab=${tab}`])),
    deliveries: "#/deliveries",
    none: "#/deliveries?event_type=nothing.matches",
    delivery: `#/deliveries/${delivery}`,
    events: "#/events",
    publish: "#/events?publish=1",
    event: `#/events/${event}`,
    signature: `#/signature?webhook=${webhook}&event=${event}`,
  };
}

// Opens a screen anew, and waits until nothing of it is still to come.
async function show(page, address) {
  await page.goto(address);
  await page.reload();
  await page.waitForLoadState("networkidle");
  await page.locator("main h1").first().waitFor({ state: "attached" });
  await page.locator(".skeleton").first().waitFor({ state: "detached" });
}

// Shows every screen in one form. Trusted Types would stop axe, so the policy is
// off; it is on in `everywhere`.
export async function look(given) {
  const { newContext, open, width, scheme, pictures, packages, language } = given;
  const context = await newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    locale: language ?? "en-US",
    bypassCSP: true,
  });
  const source = axe(packages);
  const seen = {};
  const examine = async (page, name) => {
    await page.evaluate(source);
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    seen[name] = {
      violations: violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`),
      width: await page.evaluate(() => document.documentElement.scrollWidth),
    };
    await page.screenshot({ path: `${pictures}/${name}-${width}-${scheme}.png`, fullPage: true });
  };
  const locked = await context.newPage();
  await locked.goto(given.address());
  await locked.getByRole("dialog").waitFor();
  await examine(locked, "key");
  await locked.close();
  const page = await open("", context);
  for (const [name, hash] of Object.entries(addresses(given))) {
    await show(page, given.address(hash));
    await examine(page, name);
  }
  await page.goto(given.address("#/webhooks?create=1"));
  await page.locator(".panel .code-input").first().fill("ftp://acme.example");
  await page.locator(".panel button[type=submit]").click();
  await page.locator(".panel .notice").waitFor();
  await examine(page, "refused");
  await page.locator(".panel .command").click();
  await page.getByRole("dialog").waitFor();
  await examine(page, "command");
  await page.goto(given.address(`#/signature?webhook=${given.webhook}`));
  await page.locator(".panel textarea").first().fill("webhook-signature: v1,AAAA\nwebhook-timestamp: 1");
  await page.locator(".panel button[type=submit]").click();
  await page.locator(".findings .notice").first().waitFor();
  await examine(page, "findings");
  await page.goto(given.address("#/webhooks"));
  await page.locator(".top > button").click();
  await page.getByRole("dialog").waitFor();
  await examine(page, "locked");
  return seen;
}

// Opens every screen with the policy on.
export async function everywhere(given) {
  const page = await given.open();
  const titles = {};
  for (const [name, hash] of Object.entries(addresses(given))) {
    await show(page, given.address(hash));
    titles[name] = await page.getByRole("heading", { level: 1 }).first().textContent();
  }
  return titles;
}

// Leaves the picture of the README.
export async function picture({ newContext, open, address, delivery, file }) {
  const context = await newContext({ viewport: { width: 980, height: 620 } });
  const page = await open("", context);
  await show(page, address(`#/deliveries/${delivery}`));
  await page.locator(".payload pre").last().waitFor();
  await page.screenshot({ path: file });
}

// The server ends while a list is shown, and comes back.
export async function outage({ open, ask }) {
  const page = await open("#/deliveries");
  await page.locator(".rows tbody tr").first().waitFor();
  await ask("kill");
  await page.locator(".notice.stale").waitFor();
  const error = await page.locator(".notice.stale").innerText();
  const rows = await page.locator(".rows tbody tr").count();
  const id = await page.locator(".notice .request-id").innerText();
  await page.locator(".notice").getByRole("button", { name: "Copy" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  await ask("start");
  await page.locator(".notice.stale").waitFor({ state: "detached" });
  return { error, rows, id, copied };
}

// The project has a limit of calls.
export async function limited({ open, ask }) {
  const page = await open("#/webhooks");
  await page.getByRole("heading", { name: "Webhooks", level: 1 }).waitFor();
  await ask("exhaust");
  await page.evaluate(() => (location.hash = "#/events"));
  await page.locator(".notice .reason").filter({ hasText: "REQUEST_RATE_EXCEEDED" }).waitFor();
  const button = page.locator(".notice").getByRole("button", { name: /Try again/ });
  const waits = await button.isDisabled();
  await ask("release");
  await page.locator(".notice").waitFor({ state: "detached" });
  return { waits };
}

// Counts the calls of a page in a minute: normally, with few calls left for the
// project, and hidden; and waits for one when it is shown again. The clock of the page runs as the scenario says.
export async function guest({ key, newContext, address, enterKey }) {
  const context = await newContext();
  const page = await context.newPage();
  await page.clock.install();
  await page.goto(address("#/deliveries"));
  await page.clock.runFor(1000);
  await enterKey(page, key);
  await page.locator(".rows tbody tr").first().waitFor();
  await page.waitForLoadState("networkidle");
  let calls = 0;
  let running = 0;
  page.on("request", () => [calls++, running++]);
  page.on("requestfinished", () => running--);
  // Waits until all calls are answered, and the page has read the answers.
  const quiet = async () => {
    do await page.evaluate(() => navigator.locks.query());
    while (running > 0);
    await page.evaluate(() => navigator.locks.query());
  };
  const minute = async () => {
    calls = 0;
    for (let i = 0; i < 12; i++) {
      await page.clock.runFor(5100);
      await quiet();
    }
    return calls;
  };
  const show = (visible) =>
    page.evaluate((is) => {
      Object.defineProperty(document, "hidden", { value: !is, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, visible);
  const awake = await minute();
  await page.route(/deliveries/, async (route) => {
    const response = await route.fetch();
    const headers = { ...response.headers(), "ratelimit-limit": "100", "ratelimit-remaining": "19" };
    await route.fulfill({ response, headers });
  });
  await minute();
  const scarce = await minute();
  await show(false);
  const asleep = await minute();
  await page.unrouteAll({ behavior: "wait" });
  const woken = page.waitForRequest(/deliveries/);
  await show(true);
  await woken;
  return { awake, scarce, asleep };
}

export async function german({ newContext, address, key }) {
  const context = await newContext({ locale: "de-DE" });
  const page = await context.newPage();
  await page.goto(address("#/deliveries"));
  await page.getByLabel("API-Schlüssel").fill(key);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Zustellungen", level: 1 }).waitFor();
  const language = await page.evaluate(() => document.documentElement.lang);
  await page.getByLabel("Sprache").selectOption("en");
  await page.getByRole("heading", { name: "Deliveries", level: 1 }).waitFor();
  return { language };
}
