import { render } from "preact";
import "@preact/signals";
import { begin } from "./api/key.ts";
import { App } from "./screens/app.tsx";
import "./style.css";
import { preferred, speak } from "./text/text.ts";

const place = document.getElementById("console");
if (place) {
  await Promise.all([begin(), speak(preferred())]);
  render(<App />, place);
}
