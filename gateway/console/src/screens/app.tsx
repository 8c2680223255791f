import { useEffect, useRef } from "preact/hooks";
import { key, lock, refused } from "../api/key.ts";
import { route } from "../parts/route.ts";
import { zone } from "../parts/time.tsx";
import { type Key, type Language, language, languages, speak, t } from "../text/text.ts";
import { Deliveries } from "./deliveries.tsx";
import { DeliveryScreen } from "./delivery.tsx";
import { EventScreen } from "./event.tsx";
import { Events } from "./events.tsx";
import { Home } from "./home.tsx";
import { KeyDialog } from "./key_dialog.tsx";
import { Search } from "./search.tsx";
import { Signature } from "./signature.tsx";
import { WebhookScreen } from "./webhook.tsx";
import { Webhooks } from "./webhooks.tsx";

const screens: [string, Key][] = [
  ["", "nav.home"],
  ["webhooks", "nav.webhooks"],
  ["deliveries", "nav.deliveries"],
  ["events", "nav.events"],
  ["signature", "nav.signature"],
];

function Screen() {
  const [name, id] = route.value.path;
  if (name === undefined) return <Home />;
  if (name === "webhooks") return id ? <WebhookScreen key={id} id={id} /> : <Webhooks />;
  if (name === "deliveries") return id ? <DeliveryScreen key={id} id={id} /> : <Deliveries />;
  if (name === "events") return id ? <EventScreen key={id} id={id} /> : <Events />;
  if (name === "signature") return <Signature />;
  return <p>{t("common.notFound")}</p>;
}

function Navigation() {
  const current = route.value.path[0] ?? "";
  return (
    <nav aria-label={t("nav.main")}>
      {screens.map(([name, text]) => (
        <a key={name} href={`#/${name}`} aria-current={name === current ? "page" : undefined}>
          {t(text)}
        </a>
      ))}
    </nav>
  );
}

function Foot() {
  return (
    <footer class="foot">
      <label>
        {t("nav.language")}{" "}
        <select value={language.value} onChange={(event) => speak(event.currentTarget.value as Language)}>
          {Object.entries(languages).map(([code, name]) => (
            <option key={code} value={code} lang={code} selected={code === language.value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t("nav.zone")}{" "}
        <select
          value={zone.value}
          onChange={(event) => {
            zone.value = event.currentTarget.value as "local" | "utc";
          }}
        >
          <option value="local" selected={zone.value === "local"}>
            {t("nav.zone.local")}
          </option>
          <option value="utc" selected={zone.value === "utc"}>
            {t("nav.zone.utc")}
          </option>
        </select>
      </label>
      <a href="../docs">{t("nav.docs")}</a>
    </footer>
  );
}

// The name of the screen for the tab of the browser.
function titleOf(): string {
  const [name = "", id] = route.value.path;
  const found = screens.find(([known]) => known === name)?.[1];
  const text = found ? t(found) : t("brand");
  return id ? `${text} …${id.slice(-8)} · ${t("brand")}` : `${text} · ${t("brand")}`;
}

export function App() {
  const main = useRef<HTMLElement>(null);
  const shown = useRef(route.value.path.join("/"));
  // What was shown stays under the dialog if the key was refused.
  const shows = key.value !== null || refused.value;
  const title = titleOf();
  const place = route.value.path.join("/");
  useEffect(() => {
    document.title = title;
  }, [title]);
  useEffect(() => {
    if (shown.current === place) return;
    shown.current = place;
    main.current?.focus();
    scrollTo(0, 0);
  }, [place]);
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {t("nav.skip")}
      </button>
      <header class="top">
        <a class="brand" href="#/">
          <span class="mark" aria-hidden="true" />
          {t("brand")}
        </a>
        <Navigation />
        {shows && <Search />}
        <button type="button" class="quiet" onClick={() => lock()} disabled={!key.value}>
          {t("nav.lock")}
        </button>
      </header>
      <main ref={main} tabIndex={-1}>
        {shows && <Screen />}
      </main>
      <Foot />
      {key.value === null && <KeyDialog ended={refused.value} />}
    </>
  );
}
