import { render } from "preact";
import { App } from "./app.js";
import { keepOffline } from "./offline.js";
import { watchScanner } from "./parts/wedge.js";
import { begin, chosen } from "./state.js";
import { spoken } from "./words/words.js";
import "./style.css";

document.documentElement.lang = spoken();
watchScanner();
const which = chosen();
// The worker starts while the first screen is drawn.
const opening = which ? begin(which) : Promise.resolve();
const root = document.getElementById("app");
if (root) render(<App />, root);
performance.mark("medlot-shown");
// The first screen is there before anything else is fetched.
void opening.then(() => requestAnimationFrame(() => void keepOffline()));
