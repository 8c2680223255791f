// Scenarios of the key: where it is, and when it is forgotten.

const closed = (page) => page.getByRole("dialog").waitFor({ state: "detached" });
const asked = (page) => page.getByLabel("API key").waitFor();

// Returns everything that pages of this origin can store.
const stored = (page) =>
  page.evaluate(async () => ({
    session: Object.entries(sessionStorage).flat().join(" "),
    local: localStorage.length,
    cookies: document.cookie,
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
    address: location.href,
  }));

export async function storage({ key, newContext, address, enterKey }) {
  const context = await newContext();
  const page = await context.newPage();
  await page.goto(address());
  await enterKey(page, "whk_wrong");
  await page.getByText("does not accept this key").waitFor();
  const wrong = await stored(page);
  await enterKey(page, key);
  await closed(page);
  const right = await stored(page);
  await page.reload();
  await page.getByRole("button", { name: "Lock" }).waitFor();
  const reloaded = await page.getByRole("dialog").count();

  const second = await context.newPage();
  await second.goto(address("#/webhooks"));
  await second.getByRole("heading", { name: "Webhooks", level: 1 }).waitFor();
  const secondAsks = await second.getByRole("dialog").count();
  await page.getByRole("button", { name: "Lock" }).click();
  await asked(page);
  await asked(second);
  const shown = await second.locator("main").innerText();
  return { wrong, right, reloaded, secondAsks, shown, locked: [await stored(page), await stored(second)] };
}

// Wrong keys of others at the same address use up what the gateway accepts; the
// scenario answers in its place, as the limit is over too soon to be seen.
export async function too_many({ key, newContext, address, enterKey }) {
  const context = await newContext();
  const page = await context.newPage();
  const details = [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "TOO_MANY_FAILED_KEYS" }];
  await page.goto(address());
  await asked(page);
  await page.route(/webhooks/, (route) =>
    route.fulfill({ status: 429, headers: { "retry-after": "60" }, json: { error: { message: "", details } } }),
  );
  await enterKey(page, key);
  const text = await page.getByText("Too many wrong keys").innerText();
  await page.unrouteAll();
  await enterKey(page, key);
  await closed(page);
  return text;
}

// The clock of the page runs as the scenario says.
export async function idle({ key, newContext, address, enterKey }) {
  const context = await newContext();
  const page = await context.newPage();
  await page.clock.install();
  await page.goto(address("#/webhooks"));
  await page.clock.runFor(1000);
  await enterKey(page, key);
  await closed(page);
  await page.clock.fastForward("29:00");
  const before = await page.getByLabel("API key").count();
  await page.getByRole("heading", { name: "Webhooks", level: 1 }).click();
  await page.clock.fastForward("29:00");
  const used = await page.getByLabel("API key").count();
  await page.clock.fastForward("02:00");
  await asked(page);
  return { before, used, after: await stored(page) };
}

// The key is revoked while a form is filled in.
export async function revoked({ newContext, address, enterKey, ask, webhook, key }) {
  const context = await newContext();
  const page = await context.newPage();
  await page.goto(address(`#/webhooks/${webhook}?tab=settings`));
  await enterKey(page, key);
  await page.getByLabel("Description").fill("not lost");
  const other = await ask("revoke");
  await page.getByRole("button", { name: "Save changes", exact: true }).click();
  await page.getByText("The key is not accepted any more").waitFor();
  const stays = await page.getByLabel("Description").inputValue();
  const kept = await stored(page);
  await enterKey(page, other);
  await closed(page);
  await page.getByRole("button", { name: "Save changes", exact: true }).click();
  await page.getByText("Saved").waitFor();
  return { stays, kept };
}

export async function keyboard({ key, newContext, address }) {
  const context = await newContext();
  const page = await context.newPage();
  await page.goto(address());
  await asked(page);
  const press = async (...keys) => {
    for (const name of keys) await page.keyboard.press(name);
  };
  const focused = () =>
    page.evaluate(() => (document.activeElement?.getAttribute("aria-label") || document.activeElement?.textContent) ?? "");
  // Presses Tab until the element with this text has the focus.
  const tabTo = async (text) => {
    for (let i = 0; i < 60; i++) {
      await press("Tab");
      if ((await focused()).trim() === text) return i + 1;
    }
    throw new Error(`Tab does not reach ${text}`);
  };
  await page.keyboard.type(key);
  await press("Enter");
  await closed(page);
  await press("Escape");
  await page.evaluate(() => document.activeElement?.blur());
  await tabTo("Skip to the content");
  await press("Enter");
  const skipped = await page.evaluate(() => document.activeElement?.tagName);
  await page.reload();
  await tabTo("Webhooks");
  await tabTo("Webhooks");
  await press("Enter");
  await page.getByRole("heading", { name: "Webhooks", level: 1 }).waitFor();
  await tabTo("Create webhook");
  await press("Enter");
  await page.getByLabel("URL", { exact: true }).waitFor();
  await page.getByLabel("URL", { exact: true }).focus();
  await page.keyboard.type("https://keyboard.example/hook");
  await tabTo("As a command: Create webhook");
  await press("Enter");
  await page.getByRole("dialog").getByText("webhookctl webhook create").waitFor();
  await press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const back = (await focused()).trim();
  await press("Shift+Tab", "Enter");
  await page.getByText("The webhook is created").waitFor();
  return { skipped, back };
}
