"use strict";

/* The page: rows that show their measure on the photos, and details that open. */
class Report {
  #viewer;
  #chosen = null;

  constructor(viewerRoot) {
    this.#viewer = new Viewer(viewerRoot);
    this.viewerRoot = viewerRoot;
    for (const row of document.querySelectorAll("[data-row]")) {
      row.addEventListener("click", (event) => this.#clickRow(row, event));
    }
    for (const finding of document.querySelectorAll("[data-finding]")) {
      finding.addEventListener("click", (event) => this.#openFinding(finding, event));
    }
    for (const button of document.querySelectorAll("[data-disclose]")) {
      button.addEventListener("click", () => Report.#disclose(button));
    }
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#chosen !== null) this.#choose(null);
    });
  }

  static #disclose(button) {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    document.getElementById(button.dataset.disclose).hidden = !open;
  }

  #clickRow(row, event) {
    const selecting = String(getSelection()) !== "";
    if (selecting || !row.querySelector("[data-locate]") || event.target.closest("a")) return;
    this.#choose(this.#chosen === row ? null : row);
  }

  /* A finding without a line on the photos stays a plain link to its row. */
  #openFinding(finding, event) {
    const row = document.getElementById(finding.dataset.finding);
    if (!row?.querySelector("[data-locate]")) return;
    event.preventDefault();
    this.#choose(row);
  }

  #choose(row) {
    this.#mark(this.#chosen, false);
    this.#chosen = row;
    this.#mark(row, true);
    if (row === null) {
      this.#viewer.choose(null, null, "Showing the whole photos.");
    } else {
      const words = row.querySelector("[data-locate]").getAttribute("aria-label");
      this.#viewer.choose(row.dataset.measurand, row.dataset.side, words.replace("Show on", "Shown on"));
      this.viewerRoot.scrollIntoView({ block: "nearest" });
    }
  }

  #mark(row, chosen) {
    if (row === null) return;
    row.classList.toggle("is-chosen", chosen);
    row.querySelector("[data-locate]").setAttribute("aria-pressed", String(chosen));
  }
}

for (const root of document.querySelectorAll("[data-viewer]")) {
  new Report(root);
}
