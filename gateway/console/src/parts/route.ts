// Addresses of screens: #/deliveries/ID?state=FAILED. Filters are in the
// address, so that back, reload and a copied link show the same.
import { signal } from "@preact/signals";

export interface Route {
  // "deliveries", "ID"
  path: string[];
  parameters: URLSearchParams;
}

function read(): Route {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return {
    path: path.split("/").filter(Boolean).map(decodeURIComponent),
    parameters: new URLSearchParams(query),
  };
}

export const route = signal<Route>(read());

addEventListener("hashchange", () => {
  route.value = read();
});

export type Parameters = Record<string, string | undefined>;

export function href(path: string[], parameters: Parameters = {}): string {
  const set = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value) set.set(name, value);
  }
  const query = set.toString();
  return `#/${path.map(encodeURIComponent).join("/")}${query ? `?${query}` : ""}`;
}

export function go(path: string[], parameters: Parameters = {}) {
  location.hash = href(path, parameters);
}

// Changes parameters of the screen that is shown. `replace` adds no step back.
export function setParameters(changes: Parameters, replace = false) {
  const { path, parameters } = route.value;
  const all = { ...Object.fromEntries(parameters), ...changes };
  const address = href(path, all);
  if (!replace) {
    location.hash = address;
    return;
  }
  history.replaceState(null, "", address);
  route.value = read();
}
