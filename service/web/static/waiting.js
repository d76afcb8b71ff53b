/** Opens a record's page when what it waits for has ended. */

import { call } from "./calls.js";

const LOOK_MS = 1500;
const address = document.querySelector("[data-waits-for]").dataset.waitsFor;

async function look() {
  const seen = await call("GET", address, undefined, { quiet: true }).catch(() => ({ status: "queued" }));
  if (seen.status === "queued") setTimeout(look, LOOK_MS);
  else location.reload();
}

setTimeout(look, LOOK_MS);
