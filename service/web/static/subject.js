/** A subject's page: its dialogs, and the choice of two photos to compare. */

import { call } from "./calls.js";
import { prepareForms } from "./forms.js";
import { keepZone } from "./zone.js";

const boxes = [...document.querySelectorAll("[data-compare]")];
const bar = document.querySelector("[data-bar]");

keepZone(document.querySelector("[data-zone]"));
prepareForms();
if (bar) prepareChoice();

function prepareChoice() {
  for (const box of boxes) box.addEventListener("change", showChoice);
  bar.querySelector("[data-bar-do]").addEventListener("click", compare);
  bar.querySelector("[data-bar-clear]").addEventListener("click", () => {
    for (const box of boxes) box.checked = false;
    showChoice();
    boxes[0].focus();
  });
  showChoice(); // a browser that comes back remembers what was ticked
}

function chosen() {
  return boxes.filter((box) => box.checked).sort((a, b) => (a.dataset.order < b.dataset.order ? -1 : 1));
}

function showChoice() {
  const photos = chosen();
  const says = bar.querySelector("[data-bar-says]");
  const alike = photos.every((photo) => photo.dataset.view === photos[0].dataset.view);
  bar.hidden = photos.length === 0;
  bar.querySelector("[data-bar-do]").disabled = photos.length !== 2 || !alike;
  if (photos.length === 1) says.textContent = says.dataset.wordsOne;
  else if (photos.length > 2) says.textContent = says.dataset.wordsMany;
  else if (!alike) says.textContent = says.dataset.wordsViews;
  else says.textContent = photos.map((photo) => photo.dataset.day).join(" → ");
}

async function compare() {
  const [before, after] = chosen().map((photo) => photo.dataset.compare);
  const says = bar.querySelector("[data-bar-says]");
  const button = bar.querySelector("[data-bar-do]");
  says.textContent = says.dataset.wordsBusy;
  button.disabled = true;
  try {
    const pair = await call("POST", "/v1/comparisons?wait=20", { before_photo_id: before, after_photo_id: after });
    location.assign(`/app/comparisons/${pair.id}`);
  } catch {
    showChoice();
  }
}
