/** Sharing a report: making a link, copying it, and the links that run. */
import { call } from "./calls.js";
import { opening, refusing } from "./dialogs.js";

const dialog = document.querySelector("#share");
const form = dialog.querySelector("[data-share-form]");
const made = dialog.querySelector("[data-made]");
const address = dialog.querySelector("#share-url");
const copied = dialog.querySelector("[data-copied]");
const list = dialog.querySelector("[data-list]");
const none = dialog.querySelector("[data-none]");
const line = dialog.querySelector("[data-line]");

opening(document.querySelector("[data-share]"), dialog, () => {
  made.hidden = true;
  refusing(dialog, showRunning);
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  refusing(dialog, async () => {
    const link = await call("POST", dialog.dataset.make, wanted(), { quiet: true });
    address.value = link.url;
    made.hidden = false;
    copied.textContent = "";
    await showRunning();
  }).then(() => {
    if (!made.hidden) address.select();
  });
});

dialog.querySelector("[data-copy]").addEventListener("click", async () => {
  address.select();
  try {
    await navigator.clipboard.writeText(address.value);
    copied.textContent = copied.dataset.says;
  } catch {
    copied.textContent = copied.dataset.byHand; // without HTTPS, browsers keep the clipboard to themselves
  }
});

function wanted() {
  const fields = new FormData(form);
  const { course } = dialog.dataset;
  return {
    hours: Number(fields.get("days")) * 24,
    purpose: fields.get("purpose"),
    ...(fields.has("may_correct") ? { may_correct: true } : {}),
    ...(course ? { course_id: course } : {}),
  };
}

async function showRunning() {
  const { items } = await call("GET", dialog.dataset.running, undefined, { quiet: true });
  const mine = items.filter((link) => link.kind === dialog.dataset.kind).reverse();
  list.replaceChildren(...mine.map(shown));
  none.textContent = mine.length ? "" : none.dataset.says;
}

function shown(link) {
  const item = line.content.cloneNode(true);
  const until = item.querySelector("[data-until]");
  const moment = new Date(link.expires_at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  until.textContent = [moment, link.times_opened].reduce((says, value) => says.replace("%s", value), until.dataset.says);
  const revoke = item.querySelector("[data-revoke]");
  revoke.setAttribute("aria-label", `${revoke.textContent}: ${until.textContent}`);
  revoke.addEventListener("click", () =>
    refusing(dialog, async () => {
      await call("DELETE", `/v1/links/${link.id}`, undefined, { quiet: true });
      await showRunning();
      form.querySelector("select").focus();
    }),
  );
  return item;
}
