"use strict";

/* The photos of a series: a strip, a range and a button choose which visit stands beside the baseline. */
class Player {
  static EACH_MS = 1000;

  #root;
  #viewer;
  #visits;
  #range;
  #shown;
  #playing = null;

  constructor(root, visits) {
    this.#root = root;
    this.#visits = visits;
    this.#viewer = new Viewer(root);
    this.#range = this.#part("[data-visit-range]");
    this.#shown = Number(this.#range.value);
    this.#range.addEventListener("input", () => { this.pause(); this.show(Number(this.#range.value)); });
    this.#part("[data-play]").addEventListener("click", () => this.#toggle());
    for (const button of root.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => this.#stepByHand(Number(button.dataset.step)));
    }
    visits.forEach((visit, number) => visit.addEventListener("click", () => { this.pause(); this.show(number); }));
    root.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("visibilitychange", () => document.hidden && this.pause());
    this.#reveal(visits[this.#shown]);
  }

  /** Show a visit as soon as its photo can be drawn, so that nothing flickers between two of them. */
  async show(number) {
    this.#shown = number;
    const visit = this.#visits[number];
    this.#tell(visit, number);
    const coming = new Image();
    coming.src = visit.dataset.image;
    await coming.decode().catch(() => undefined);
    if (this.#shown !== number) return;
    const photo = this.#part("[data-pane=after] [data-photo]");
    photo.src = visit.dataset.image;
    photo.alt = `Visit: the face, ${visit.dataset.day}`;
  }

  play() {
    if (this.#shown === this.#visits.length - 1) this.show(0);
    this.#playing = setInterval(() => this.#playOn(), Player.EACH_MS);
    this.#drawButton();
  }

  pause() {
    clearInterval(this.#playing);
    this.#playing = null;
    this.#drawButton();
  }

  #playOn() {
    if (this.#shown < this.#visits.length - 1) this.show(this.#shown + 1);
    if (this.#shown === this.#visits.length - 1) this.pause();
  }

  #toggle() {
    if (this.#playing === null) this.play();
    else this.pause();
  }

  #stepByHand(by) {
    this.pause();
    this.show(Math.min(this.#visits.length - 1, Math.max(0, this.#shown + by)));
  }

  #tell(visit, number) {
    const { day, shortDay, phase, compareLink } = visit.dataset;
    this.#range.value = String(number);
    this.#range.setAttribute("aria-valuetext", `${day}, ${phase}`);
    this.#part("[data-caption]").textContent = shortDay;
    this.#part("[data-caption-phase]").textContent = ` · ${phase}`;
    const says = this.#part("[data-says]");
    says.querySelector("strong").textContent = day;
    says.lastChild.textContent = ` ${phase}`;
    for (const other of this.#visits) other.setAttribute("aria-pressed", String(other === visit));
    const compare = this.#part("[data-compare]");
    compare.hidden = compareLink === "";
    if (compareLink !== "") compare.setAttribute("href", compareLink);
    if (this.#playing === null) this.#part("[data-status]").textContent = `${day}, ${phase}`;
    this.#reveal(visit);
  }

  /* Only the strip scrolls: the page stays where the reader is. */
  #reveal(visit) {
    const strip = visit.closest(".strip");
    const [item, frame] = [visit.getBoundingClientRect(), strip.getBoundingClientRect()];
    if (item.left < frame.left) strip.scrollLeft += item.left - frame.left - 8;
    else if (item.right > frame.right) strip.scrollLeft += item.right - frame.right + 8;
  }

  #drawButton() {
    const button = this.#part("[data-play]");
    button.textContent = this.#playing === null ? "Play" : "Pause";
    button.setAttribute("aria-pressed", String(this.#playing !== null));
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const actions = {
      ",": () => this.#stepByHand(-1),
      ".": () => this.#stepByHand(1),
      p: () => this.#toggle(),
      a: () => this.#viewer.compareBy("alone"),
    };
    const key = event.key.toLowerCase();
    if (!Object.hasOwn(actions, key)) return;
    actions[key]();
    event.preventDefault();
  }

  #part(selector) {
    return this.#root.querySelector(selector);
  }
}

for (const root of document.querySelectorAll("[data-player]")) {
  new Player(root, [...document.querySelectorAll("[data-visit]")]);
}
