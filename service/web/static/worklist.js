/** The worklist keeps itself up to date: it asks quietly whether something changed, and shows it then. */

import { call } from "./calls.js";
import { keepZone } from "./zone.js";

const BUSY_MS = 2500;
const IDLE_MS = 30000;

const work = document.querySelector("[data-work]");
const said = document.querySelector("[data-said]");

keepZone(work);
setTimeout(look, pause());

function pause() {
  return Number(work.dataset.waiting) ? BUSY_MS : IDLE_MS;
}

async function look() {
  try {
    if (!document.hidden) await refresh();
  } catch {
    // The connection is down: the next look may find it up again.
  }
  setTimeout(look, pause());
}

async function refresh() {
  const { state } = await call("GET", `/app/worklist/state?day=${work.dataset.day}`, undefined, { quiet: true });
  if (state !== work.dataset.state) await showAnew();
}

async function showAnew() {
  const response = await fetch(location.href);
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-work]");
  if (!fresh) return;
  for (const part of work.querySelectorAll(":scope > section")) {
    const id = part.getAttribute("aria-labelledby");
    const other = fresh.querySelector(`:scope > section[aria-labelledby="${id}"]`);
    if (other && !part.contains(document.activeElement)) part.replaceWith(document.adoptNode(other));
  }
  const before = Number(work.dataset.waiting);
  work.dataset.state = fresh.dataset.state;
  work.dataset.waiting = fresh.dataset.waiting;
  tellHowMany(before, Number(fresh.dataset.waiting));
}

function tellHowMany(before, now) {
  if (before === now) return;
  said.textContent = now ? said.dataset.wordsWaiting.replace("%(count)s", now) : said.dataset.wordsReady;
}
