// Scenarios of deliveries and events.

// A failure, whose receiver is mended, and a retry, without a reload.
export async function mend({ open, ask, delivery }) {
  const page = await open(`#/deliveries/${delivery}`);
  await page.locator(".sentence").filter({ hasText: "All attempts" }).waitFor();
  const before = await page.locator(".sentence").innerText();
  const attempts = await page.locator(".timeline details").count();
  await page.getByRole("button", { name: "Copy for support" }).click();
  const support = await page.evaluate(() => navigator.clipboard.readText());
  await page.evaluate(() => (window.notReloaded = true));
  await ask("mend");
  await page.getByRole("button", { name: "Retry now", exact: true }).click();
  await page.locator("h1 .badge").filter({ hasText: "Delivered" }).waitFor();
  await page.locator(".sentence").filter({ hasText: "Delivered" }).waitFor();
  return {
    before,
    attempts,
    support,
    after: await page.locator(".sentence").innerText(),
    same: await page.evaluate(() => window.notReloaded),
  };
}

export async function filters({ newContext, open }) {
  const context = await newContext();
  const page = await open("#/deliveries", context);
  const rows = page.locator(".rows tbody tr");
  await rows.first().waitFor();
  const all = await rows.count();
  await page.getByLabel("State").selectOption("FAILED");
  await page.getByLabel("Event type").fill("a.failed");
  await page.keyboard.press("Enter");
  await page.waitForURL(/event_type=a\.failed/);
  await page.locator(".list-end").filter({ hasText: "1 shown" }).waitFor();
  const link = page.url();
  await rows.first().getByRole("link").first().click();
  await page.getByRole("heading", { name: "Delivery" }).waitFor();
  const states = [];
  const look = async (shown) => {
    await shown.locator(".list-end").filter({ hasText: "1 shown" }).waitFor();
    states.push([await shown.getByLabel("State").inputValue(), await shown.getByLabel("Event type").inputValue()]);
  };
  await page.goBack();
  await look(page);
  await page.reload();
  await look(page);
  const copied = await context.newPage();
  await copied.goto(link);
  await look(copied);
  return { all, states };
}

// Rows that come while a list is shown wait, and what is shown does not move.
export async function fresh({ open, ask }) {
  const page = await open("#/deliveries");
  const rows = page.locator(".rows tbody tr");
  await rows.first().waitFor();
  const texts = () => page.locator(".rows .name .id").allInnerTexts();
  const before = await texts();
  await ask("publish");
  const button = page.getByRole("button", { name: "7 new" });
  await button.waitFor();
  const waiting = await texts();
  await button.click();
  await button.waitFor({ state: "detached" });
  return { before, waiting, after: await texts() };
}

// A row that does not match the filters any more stays, and is marked.
export async function gone({ open, ask }) {
  const page = await open("#/deliveries?state=FAILED");
  await page.locator(".rows tbody tr").nth(1).waitFor();
  await ask("retry");
  await page.locator(".rows .gone").waitFor();
  return page.locator(".rows tbody tr").evaluateAll((rows) => rows.map((row) => row.className));
}

// Payloads, answers and URLs of others are text.
export async function hostile({ open, event, delivery, webhook }) {
  const page = await open(`#/events/${event}`);
  const payload = page.getByRole("group", { name: "Data" });
  await payload.waitFor();
  const indented = await payload.innerText();
  await page.getByRole("button", { name: "Exact text" }).click();
  const exact = await payload.innerText();
  await page.locator(".payload").getByRole("button", { name: "Copy" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  const seen = {};
  const look = async (name, hash, text) => {
    await page.evaluate((next) => (location.hash = next), hash);
    await page.getByText(text).first().waitFor();
    seen[name] = await page.evaluate(() => ({
      images: document.querySelectorAll("img").length,
      foreign: [...document.querySelectorAll("a")].filter((a) => new URL(a.href).host !== location.host).length,
      hit: window.hit ?? null,
    }));
  };
  await look("event", `#/events/${event}`, "What became of it");
  await look("delivery", `#/deliveries/${delivery}`, "answer <img");
  await look("webhook", `#/webhooks/${webhook}`, "description <img");
  await look("webhooks", "#/webhooks", "description <img");
  await look("home", "#/", "Deliveries by outcome");
  return { indented, exact, copied, seen };
}

// The reasons that an event has at each webhook of the project.
export async function reasons({ open, event, count }) {
  const page = await open(`#/events/${event}`);
  await page.locator(".outcomes .sentence").nth(count - 1).waitFor();
  const found = {};
  for (const item of await page.locator(".outcomes > li").all()) {
    const reason = await item.locator(".reason-box code").first().innerText();
    found[reason] = {
      sentence: await item.locator(".sentence").innerText(),
      actions: await item.locator(".remedy button:not(.command), .remedy a").allInnerTexts(),
    };
  }
  const deliver = page
    .locator(".outcomes > li")
    .filter({ hasText: "NOT_IN_SCOPE" })
    .getByRole("button", { name: "Deliver to it", exact: true });
  await deliver.click();
  await page.locator(".outcomes .sentence").filter({ hasText: "Delivered" }).nth(1).waitFor();
  return found;
}

export async function signature({ open, webhook, headers, body, changed }) {
  const page = await open(`#/signature?webhook=${webhook}`);
  const check = async (text) => {
    await page.getByLabel("Headers").fill(headers);
    await page.getByLabel("Body").fill(text);
    await page.getByRole("button", { name: "Check", exact: true }).click();
    await page.locator(".findings").waitFor();
    return page.locator(".findings .notice").allInnerTexts();
  };
  const genuine = await check(body);
  await page.getByRole("button", { name: "Verify by the server", exact: true }).click();
  await page.getByText("The server verifies").waitFor();
  return { genuine, forged: await check(changed) };
}

export async function publish({ open, data }) {
  const page = await open("#/events?publish=1");
  await page.getByLabel("Event type").first().fill("typed.here");
  await page.getByLabel("Data (JSON)").fill(data);
  await page.getByRole("button", { name: "Publish event", exact: true }).click();
  await page.getByRole("heading", { name: "Event typed.here" }).waitFor();
  return page.locator(".title .id").innerText();
}
