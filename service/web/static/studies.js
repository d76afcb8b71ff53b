/** Repeatability studies: withdrawing one, and beginning one with the visits that were chosen. */

import { call } from "./calls.js";
import { prepareForms } from "./forms.js";

prepareForms();
const form = document.querySelector("[data-study]");
if (form) prepareStudy();

function prepareStudy() {
  form.addEventListener("change", showCount);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    begin();
  });
  showCount();
}

function chosen() {
  return [...form.querySelectorAll("[name=visit_ids]:checked")];
}

function showCount() {
  const count = chosen().reduce((sum, box) => sum + Number(box.dataset.photos), 0);
  const place = form.querySelector("[data-count]");
  place.textContent = place.dataset.words.replace("%(count)s", count);
  form.querySelector("[type=submit]").disabled = count < 3;
}

async function begin() {
  const asked = { name: form.elements.name.value, visit_ids: chosen().map((box) => box.value) };
  for (const label of ["room", "camera", "operator"]) if (form.elements[label].value) asked[label] = form.elements[label].value;
  const study = await call("POST", "/v1/repeatability-studies", asked);
  location.assign(`/app/studies/${study.id}`);
}
