// Scenarios of webhooks.

export async function create({ open }) {
  const page = await open("#/webhooks?create=1");
  await page.getByLabel("URL", { exact: true }).fill("ftp://acme.example");
  await page.getByRole("button", { name: "Create webhook", exact: true }).click();
  const reason = await page.locator(".notice .reason").innerText();
  const described = await page.getByLabel("URL", { exact: true }).getAttribute("aria-describedby");
  const said = await page.locator(`[id="${described}"]`).innerText();
  const requestId = await page.locator(".notice .request-id").innerText();
  await page.getByLabel("URL", { exact: true }).fill("https://acme.example/hook");
  await page.getByLabel("Description").fill("Made here");
  await page.getByLabel("Only these").check();
  await page.getByRole("textbox", { name: "Event types" }).fill("a.b\nc.d");
  await page.getByText("Delivery settings").click();
  await page.getByLabel("Requests a second").fill("7");
  await page.getByLabel("Additional headers").fill("x-team: billing");
  await page.getByRole("button", { name: "As a command: Create webhook" }).click();
  const commands = await page.getByRole("dialog").locator("pre").allInnerTexts();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Create webhook", exact: true }).click();
  await page.getByText("The webhook is created").waitFor();
  return { reason, said, requestId, commands };
}

// Two tabs edit the same webhook.
export async function conflict({ newContext, open, address, webhook }) {
  const context = await newContext();
  const settings = `#/webhooks/${webhook}?tab=settings`;
  const mine = await open(settings, context);
  const theirs = await context.newPage();
  await theirs.goto(address(settings));
  await mine.getByLabel("Description").fill("mine");
  await theirs.getByLabel("Description").fill("theirs");
  await theirs.getByLabel("URL", { exact: true }).fill("https://theirs.example/hook");
  await theirs.getByRole("button", { name: "Save changes", exact: true }).click();
  await theirs.getByText("Saved").waitFor();
  await mine.getByRole("button", { name: "Save changes", exact: true }).click();
  await mine.getByRole("heading", { name: "changed by somebody else" }).waitFor();
  const versions = await mine.locator(".version .value").allInnerTexts();
  await mine.getByRole("button", { name: "Save the choice", exact: true }).click();
  await mine.getByText("Saved").waitFor();
  return { versions, shown: await mine.getByLabel("Description").inputValue() };
}

export async function tests({ open, webhooks }) {
  const results = {};
  let page;
  for (const [name, id] of Object.entries(webhooks)) {
    const hash = `#/webhooks/${id}?tab=test`;
    if (!page) page = await open(hash);
    else await page.evaluate((next) => (location.hash = next), hash);
    await page.getByRole("heading", { level: 1 }).filter({ hasText: name }).waitFor();
    await page.getByLabel("Data (JSON)").fill('{"b":1152921506151679042, "a":1}');
    await page.getByRole("button", { name: "Send test event", exact: true }).click();
    results[name] = await page.locator(".test-result .notice").innerText();
  }
  return results;
}

export async function trouble({ open, deactivated }) {
  const page = await open();
  await page.getByRole("heading", { name: "Needs attention" }).waitFor();
  const first = await page.locator(".troubles li").first().innerText();
  await page.locator(".troubles li a").first().click();
  await page.getByText("The receiver answered 410 Gone").waitFor();
  await page.getByRole("button", { name: "Activate", exact: true }).click();
  await page.getByRole("button", { name: "Deactivate", exact: true }).waitFor();
  const id = await page.locator(".title .id").innerText();
  await page.getByLabel("Search by id").fill(deactivated.toUpperCase());
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Delete webhook" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("heading", { name: "Webhooks", level: 1 }).waitFor();
  return { first, id };
}

// Counts what a job would retry, and then retries it.
export async function retry({ open, webhook }) {
  const page = await open(`#/webhooks/${webhook}?tab=retry`);
  await page.getByRole("button", { name: "Count them" }).click();
  const start = page.getByRole("button", { name: /^Retry \d+ deliver/ });
  const preview = await start.innerText();
  await start.click();
  await page.getByText("Done:").waitFor();
  return { preview, done: await page.locator(".progress p").innerText(), address: page.url() };
}
