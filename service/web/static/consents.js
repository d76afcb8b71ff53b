/** A subject's consents: recording one, and withdrawing one. */
import { call } from "./calls.js";
import { opening, refusing } from "./dialogs.js";

const consents = document.querySelector("[data-consents]").dataset.consents;
const give = document.querySelector("#give");

for (const button of document.querySelectorAll("[data-give]")) {
  opening(button, give, () => begin(button.dataset));
}

for (const button of document.querySelectorAll("[data-withdraw]")) {
  opening(button, document.getElementById(button.dataset.withdraw));
}

give?.querySelector("[data-give-form]").addEventListener("submit", (event) => {
  event.preventDefault();
  refusing(give, async () => {
    await call("PUT", `${consents}/${give.dataset.of}`, told(event.target), { quiet: true });
    seeAnew(give.dataset.of);
  });
});

for (const form of document.querySelectorAll("[data-withdraw-form]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const purpose = form.dataset.withdrawForm;
    refusing(form.closest("dialog"), async () => {
      const why = form.elements[`why-${purpose}`].value.trim();
      await call("DELETE", `${consents}/${purpose}`, why ? { why } : {}, { quiet: true });
      seeAnew(purpose);
    });
  });
}

function begin({ give: purpose, title, filled }) {
  const { regions } = JSON.parse(filled);
  give.dataset.of = purpose;
  give.querySelector("[data-purpose]").textContent = title;
  for (const box of give.querySelectorAll("[name=regions]")) box.checked = regions.includes(box.value);
}

function told(form) {
  const fields = new FormData(form);
  const regions = fields.getAll("regions");
  const [given_on, expires_on, paper, recorded_by] = ["given_on", "expires_on", "paper", "recorded_by"].map((name) => fields.get(name));
  return { regions, given_on, expires_on: expires_on || null, paper, recorded_by };
}

/** The page as it is now, at the purpose's card. */
function seeAnew(purpose) {
  location.hash = purpose;
  location.reload();
}
