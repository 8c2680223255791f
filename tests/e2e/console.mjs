// Controls the console in Chromium for console_test.py. argv: the npm packages, the
// script with the scenario, its name, and its arguments as JSON: `gateway` (the
// address before /console/) and `key` among them. Prints lines of JSON: {"ask"} waits
// for a line on standard input while the test does something; the last line has the
// result.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [packages, script, name, text] = process.argv.slice(2);
const require = createRequire(packages + "/package.json");
const { chromium } = require("playwright-core");
const given = JSON.parse(text);

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

// Lets the test do `what`. Returns its answer.
async function ask(what) {
  console.log(JSON.stringify({ ask: what }));
  const { value } = await lines.next();
  return JSON.parse(value);
}

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

const hosts = new Set();
const errors = [];

function watch(page) {
  page.setDefaultTimeout(30_000);
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.protocol !== "blob:") hosts.add(url.host);
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    // Calls fail on purpose; what the page's policy refuses does not.
    const failed = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !failed) errors.push(message.text());
  });
  page.on("dialog", (dialog) => {
    errors.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
}

// Returns a new browser profile, whose pages are watched.
async function newContext(options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: "en-US",
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
    ...options,
  });
  context.on("page", watch);
  return context;
}

const address = (hash = "") => `${given.gateway}/console/${hash}`;

// Enters a key into the dialog.
async function enterKey(page, key) {
  await page.getByRole("dialog").locator("input").fill(key);
  await page.getByRole("dialog").locator("button[type=submit]").click();
}

// Opens a screen with the key, in `context` or in a new one.
async function open(hash = "", context = undefined) {
  const page = await (context ?? (await newContext())).newPage();
  await page.goto(address(hash));
  await enterKey(page, given.key);
  await page.getByRole("dialog").waitFor({ state: "detached" });
  return page;
}

try {
  const scenarios = await import(script);
  const result = await scenarios[name]({ ...given, ask, newContext, address, enterKey, open });
  console.log(JSON.stringify({ result: result ?? null, hosts: [...hosts], errors }));
} finally {
  await browser.close();
}
process.exit(0);
