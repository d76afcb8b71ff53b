/** The list of links: revoking one. */
import { call } from "./calls.js";

const done = document.querySelector("[data-done]");

for (const button of document.querySelectorAll("[data-revoke]")) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await call("DELETE", `/v1/links/${button.dataset.revoke}`);
    } catch {
      button.disabled = false; // the page has said why
      return;
    }
    button.closest("tr").remove();
    done.textContent = done.dataset.says;
    done.hidden = false;
    document.querySelector("#running").focus();
  });
}
