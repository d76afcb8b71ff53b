"use strict";

/* The two photos: how they are compared, how near they are seen, and which lines are drawn over them. */
class Viewer {
  #root;
  #stage;
  #viewport;
  #blinking = null;
  #glideEnd = null;

  constructor(root) {
    this.#root = root;
    this.#stage = this.#part("[data-stage]");
    this.#viewport = new Viewport(() => this.#drawViewport());
    new Gestures(this.#stage, this.#viewport, this);
    this.#wireModes();
    this.#wireRanges();
    this.#wireZoom();
    this.#wireLines();
    root.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.#drawViewport()).observe(this.#stage);
    document.addEventListener("visibilitychange", () => document.hidden && this.#stopBlinking());
    this.#drawLines();
    this.#drawViewport();
  }

  get mode() {
    return this.#root.dataset.mode;
  }

  /* What the two photos are called. */
  get #words() {
    return { before: this.#root.dataset.before ?? "before", after: this.#root.dataset.after ?? "after" };
  }

  /** Compare by ``slider``, ``side``, ``blink`` or ``fade``. */
  compareBy(mode) {
    this.#root.dataset.mode = mode;
    for (const button of this.#parts("[data-mode-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.modeChoice === mode));
    }
    for (const control of this.#parts("[data-control]")) {
      control.hidden = control.dataset.control !== mode;
    }
    this.#stopBlinking();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (mode === "blink" && !still) this.#startBlinking();
    this.#drawViewport();
  }

  splitAt(share) {
    const input = this.#part("[data-split]");
    input.value = String(Math.round(100 * share));
    this.#drawSplit(input);
  }

  splitBy(percent) {
    this.splitAt((Number(this.#part("[data-split]").value) + percent) / 100);
  }

  /** The photo's box on the screen whose pane lies under a point. */
  frameUnder(point) {
    return this.#paneUnder(point).querySelector("[data-frame]").getBoundingClientRect();
  }

  /** The place on the photo, in fractions of it, under a point of the screen. */
  placeOf(point) {
    const frame = this.frameUnder(point);
    return { x: (point.x - frame.left) / frame.width, y: (point.y - frame.top) / frame.height };
  }

  /** Let the next move of the viewport be seen as a move. */
  glide() {
    this.#root.dataset.gliding = "";
    clearTimeout(this.#glideEnd);
    this.#glideEnd = setTimeout(() => delete this.#root.dataset.gliding, 400);
  }

  hint() {
    const hint = this.#part("[data-hint]");
    hint.hidden = false;
    clearTimeout(this.hintEnd);
    this.hintEnd = setTimeout(() => { hint.hidden = true; }, 1200);
  }

  /** Show where a measure was taken, alone and near; null shows the whole photo again. */
  choose(measurand, side, words) {
    const lines = [...this.#parts("[data-line]")];
    const chosen = measurand === null ? [] : lines.filter((line) => Viewer.#shows(line, measurand, side));
    for (const line of lines) line.classList.toggle("is-chosen", chosen.includes(line));
    this.#root.toggleAttribute("data-chosen", chosen.length > 0);
    this.glide();
    const box = this.#boxAround(chosen);
    if (box) this.#viewport.show(box);
    else this.#viewport.reset();
    this.#part("[data-status]").textContent = words;
  }

  static #shows(line, measurand, side) {
    return line.dataset.side === side && line.dataset.measurands.split(" ").includes(measurand);
  }

  #part(selector) {
    return this.#root.querySelector(selector);
  }

  #parts(selector) {
    return this.#root.querySelectorAll(selector);
  }

  #paneUnder(point) {
    const [before, after] = this.#parts("[data-pane]");
    return this.mode === "side" && point.x >= after.getBoundingClientRect().left ? after : before;
  }

  #boxAround(lines) {
    const boxes = lines.map((line) => line.getBBox()).filter((box) => box.width + box.height > 0);
    if (boxes.length === 0) return null;
    const photo = this.#part("[data-photo]");
    const [wide, high] = [Number(photo.getAttribute("width")), Number(photo.getAttribute("height"))];
    const left = Math.min(...boxes.map((box) => box.x));
    const top = Math.min(...boxes.map((box) => box.y));
    const right = Math.max(...boxes.map((box) => box.x + box.width));
    const bottom = Math.max(...boxes.map((box) => box.y + box.height));
    return { x: left / wide, y: top / high, width: (right - left) / wide, height: (bottom - top) / high };
  }

  #wireModes() {
    for (const button of this.#parts("[data-mode-choice]")) {
      button.addEventListener("click", () => this.compareBy(button.dataset.modeChoice));
    }
    this.#part("[data-blink-toggle]").addEventListener("click", () => this.#toggleBlinking());
  }

  #wireRanges() {
    const split = this.#part("[data-split]");
    split.addEventListener("input", () => this.#drawSplit(split));
    const fade = this.#part("[data-fade]");
    fade.addEventListener("input", () => {
      this.#root.style.setProperty("--fade", String(fade.value / 100));
      fade.setAttribute("aria-valuetext", `${fade.value} % ${this.#words.after} over ${this.#words.before}`);
    });
    const rate = this.#part("[data-blink-rate]");
    rate.addEventListener("input", () => {
      rate.setAttribute("aria-valuetext", `each photo for ${(this.#blinkMs / 1000).toFixed(1)} s`);
      if (this.#blinking !== null) this.#startBlinking();
    });
  }

  #wireZoom() {
    const zooms = {
      in: () => this.#viewport.zoomBy(1.5),
      out: () => this.#viewport.zoomBy(1 / 1.5),
      reset: () => this.#viewport.reset(),
    };
    for (const button of this.#parts("[data-zoom]")) {
      button.addEventListener("click", () => { this.glide(); zooms[button.dataset.zoom](); });
    }
    const full = this.#part("[data-full-screen]");
    full.hidden = !document.fullscreenEnabled;
    full.addEventListener("click", () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else this.#root.requestFullscreen();
    });
    this.#root.addEventListener("fullscreenchange", () => {
      full.setAttribute("aria-pressed", String(document.fullscreenElement === this.#root));
    });
  }

  #wireLines() {
    for (const button of this.#parts("[data-family-switch]")) {
      button.addEventListener("click", () => this.#switchFamilies([button], button.ariaPressed !== "true"));
    }
  }

  #switchFamilies(buttons, on) {
    for (const button of buttons) button.setAttribute("aria-pressed", String(on));
    this.#drawLines();
  }

  #drawLines() {
    const on = new Set([...this.#parts("[data-family-switch][aria-pressed=true]")].map((button) => button.dataset.familySwitch));
    for (const line of this.#parts("[data-line]")) line.classList.toggle("is-on", on.has(line.dataset.family));
  }

  #drawSplit(input) {
    this.#root.style.setProperty("--split", `${input.value}%`);
    input.setAttribute("aria-valuetext", `${input.value} % ${this.#words.before}, ${100 - input.value} % ${this.#words.after}`);
  }

  #drawViewport() {
    const { zoom, centre, isWhole } = this.#viewport;
    const style = this.#root.style;
    style.setProperty("--zoom", String(zoom));
    style.setProperty("--shift-x", `${100 * (0.5 - centre.x)}%`);
    style.setProperty("--shift-y", `${100 * (0.5 - centre.y)}%`);
    const photo = this.#part("[data-photo]");
    const imagePx = Number(photo.getAttribute("width")) / (photo.offsetWidth * zoom || 1);
    style.setProperty("--image-px", String(imagePx));
    this.#root.toggleAttribute("data-pixels", imagePx < 0.34);
    this.#root.toggleAttribute("data-zoomed", !isWhole);
    this.#part("[data-zoom-figure]").textContent = `${Math.round(100 * zoom)} %`;
  }

  get #blinkMs() {
    return 10000 / Number(this.#part("[data-blink-rate]").value);
  }

  #toggleBlinking() {
    if (this.#blinking === null) this.#startBlinking();
    else this.#stopBlinking();
  }

  #startBlinking() {
    clearInterval(this.#blinking);
    this.#blinking = setInterval(() => {
      this.#root.dataset.shown = this.#root.dataset.shown === "before" ? "after" : "before";
    }, this.#blinkMs);
    this.#drawBlinkButton();
  }

  #stopBlinking() {
    clearInterval(this.#blinking);
    this.#blinking = null;
    this.#drawBlinkButton();
  }

  #drawBlinkButton() {
    const button = this.#part("[data-blink-toggle]");
    button.textContent = this.#blinking === null ? "Start" : "Stop";
    button.setAttribute("aria-pressed", String(this.#blinking !== null));
  }

  /* Single keys act only while the focus is inside the viewer, so that they can hit nobody by surprise. */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const modes = { s: "slider", d: "side", b: "blink", f: "fade", m: "difference" };
    const actions = {
      "+": () => this.#viewport.zoomBy(1.5),
      "=": () => this.#viewport.zoomBy(1.5),
      "-": () => this.#viewport.zoomBy(1 / 1.5),
      0: () => this.#viewport.reset(),
      o: () => this.#toggleAllLines(),
    };
    const key = event.key.toLowerCase();
    if (Object.hasOwn(modes, key)) this.compareBy(modes[key]);
    else if (Object.hasOwn(actions, key)) actions[key]();
    else if (key === " " && event.target === this.#stage && this.mode === "blink") this.#toggleBlinking();
    else return;
    event.preventDefault();
  }

  #toggleAllLines() {
    const buttons = [...this.#parts("[data-family-switch]")];
    this.#switchFamilies(buttons, !buttons.some((button) => button.ariaPressed === "true"));
  }
}
