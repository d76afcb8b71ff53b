/** Forms in dialogs that a script sends to the API: `data-opens` opens one, filled with what the button carries. */

import { call } from "./calls.js";
import { refuse, refusing } from "./dialogs.js";
import { dayOf } from "./zone.js";

const KINDS = {
  number: (written) => Number(written),
  moment: (written) => new Date(written).toISOString(),
};

/** Have the page's buttons open their dialogs, and the dialogs sent. */
export function prepareForms() {
  for (const button of document.querySelectorAll("[data-opens]")) button.addEventListener("click", () => open(button));
  for (const form of document.querySelectorAll("form[data-send]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form);
    });
  }
}

function open(button) {
  const dialog = document.getElementById(button.dataset.opens);
  const form = dialog.querySelector("form");
  form.reset();
  form.dataset.send = button.dataset.send;
  form.dataset.after = button.dataset.after ?? "";
  fill(form, JSON.parse(button.dataset.filled ?? "{}"));
  const what = form.querySelector("[data-what]");
  if (what) what.textContent = button.dataset.what;
  refuse(dialog, null);
  dialog.showModal();
}

function fill(form, values) {
  for (const field of form.elements) {
    if (!field.name) continue;
    const value = values[field.name];
    if (field.dataset.kind === "moment") field.value = localMinute(value ? new Date(value) : new Date());
    else if (value !== undefined) field.value = value ?? "";
    else if (field.type === "date" && field.required) field.value = dayOf(new Date());
  }
}

function localMinute(moment) {
  return `${dayOf(moment)}T${moment.toTimeString().slice(0, 5)}`;
}

function send(form) {
  const [method, path] = form.dataset.send.split(" ");
  refusing(form.closest("dialog"), async () => {
    await call(method, path, method === "DELETE" ? undefined : written(form, method), { quiet: true });
    if (form.dataset.after) location.assign(form.dataset.after);
    else location.reload();
  });
}

/** What was written; what was left empty is left out of a new record, and emptied in one that is changed. */
function written(form, method) {
  const body = {};
  for (const { name, value, dataset } of form.elements) {
    if (!name) continue;
    if (value !== "") body[name] = (KINDS[dataset.kind] ?? ((text) => text))(value);
    else if (method === "PATCH") body[name] = null;
  }
  return body;
}
