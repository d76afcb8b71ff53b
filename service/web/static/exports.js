/** The list of exports: noting where one was published, and that it was taken down. */

import { call } from "./calls.js";

for (const form of document.querySelectorAll("[data-publication]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const told = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
    await call("POST", form.dataset.publication, told);
    window.location.reload();
  });
}

for (const button of document.querySelectorAll("[data-take-down]")) {
  button.addEventListener("click", async () => {
    await call("PATCH", button.dataset.takeDown, { taken_down_on: button.dataset.today });
    window.location.reload();
  });
}
