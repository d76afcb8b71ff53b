/* The page: which contour is edited, what is unsaved, saving and taking back. */
import { pageHeaders } from "./calls.js";
import { ContourCanvas } from "./contour-canvas.js";
import { ContourShape } from "./contour-shape.js";

const WAIT_S = 60;

class CorrectionPage {
  #root;
  #shapes = new Map();
  #canvas;
  #form;

  constructor(root) {
    this.#root = root;
    this.#form = this.#part("[data-form]");
    const size = [Number(root.dataset.width), Number(root.dataset.height)];
    this.#take(JSON.parse(this.#part("[data-contours]").textContent));
    this.#canvas = new ContourCanvas(this.#part("[data-canvas]"), size, Number(root.dataset.mmPerPx), (index) => this.#moved(index));
    this.#form.addEventListener("change", (event) => event.target.name === "contour" && this.#choose());
    this.#form.addEventListener("submit", (event) => { event.preventDefault(); this.#save(); });
    this.#part("[data-undo]").addEventListener("click", () => this.#undo());
    this.#part("[data-reset]").addEventListener("click", () => this.#reset());
    root.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "z" && event.target.type !== "text") {
        event.preventDefault();
        this.#undo();
      }
    });
    this.#wireZoom();
    addEventListener("beforeunload", (event) => this.#unsaved.length > 0 && event.preventDefault());
    this.#choose();
  }

  get #shape() {
    return this.#shapes.get(this.#form.elements.contour.value);
  }

  get #unsaved() {
    return [...this.#shapes.values()].filter((shape) => shape.isChanged);
  }

  #part(selector) {
    return this.#root.querySelector(selector);
  }

  /* Contours that are being edited keep what was not saved. */
  #take({ contours_px: sides, corrections }) {
    for (const input of this.#form.elements.contour) {
      const [side, contour] = input.value.split("/");
      const correction = corrections.find((one) => one.side === side && one.contour === contour) ?? null;
      const used = sides[side]?.[contour] ?? null;
      const found = correction ? (sides[side].found[contour] ?? null) : used;
      if (!this.#shapes.get(input.value)?.isChanged) {
        this.#shapes.set(input.value, new ContourShape(input.value, used, found, correction));
      }
    }
  }

  #wireZoom() {
    const zooms = {
      in: () => this.#canvas.zoomBy(1.5),
      out: () => this.#canvas.zoomBy(1 / 1.5),
      whole: () => this.#canvas.showAll(),
      contour: () => this.#shape.points && this.#canvas.showBox(this.#shape.box),
    };
    for (const button of this.#root.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => zooms[button.dataset.zoom]());
    }
  }

  #choose() {
    const shape = this.#shape;
    this.#problem(null);
    this.#draw();
    if (shape.points) this.#canvas.showBox(shape.box);
    this.#say(shape.points ? `${shape.name}: ${shape.points.length} points.` : `${shape.name} was not found. Reset to found starts it from the other side.`);
  }

  #draw() {
    const shape = this.#shape;
    this.#canvas.edit(shape, [...this.#shapes.values()].filter((one) => one !== shape));
    this.#part("[data-undo]").disabled = !shape.canUndo;
    this.#part("[data-save]").disabled = !shape.isChanged || !shape.points;
    this.#part("[data-reset]").disabled = !shape.placed && !shape.isChanged && shape.points !== null;
    this.#part("[data-reset]").textContent = shape.found === null && shape.points === null ? "Start it" : "Reset to found";
    for (const one of this.#shapes.values()) this.#drawState(one);
  }

  #drawState(shape) {
    const tag = this.#part(`[data-state="${shape.key}"]`);
    const [words, tone] = shape.isChanged ? ["not saved", "changed"] : shape.placed ? ["by hand", "placed"] : shape.points ? ["", ""] : ["not found", ""];
    tag.textContent = words;
    tag.dataset.tone = tone;
  }

  #moved(index) {
    const shape = this.#shape;
    const [x, y] = shape.points[index];
    this.#draw();
    const radius = shape.isIris ? `, ${(2 * shape.radius * Number(this.#root.dataset.mmPerPx)).toFixed(1)} mm wide` : "";
    this.#say(`${shape.pointName(index)}: ${x.toFixed(1)} across, ${y.toFixed(1)} down${radius}.`);
  }

  #undo() {
    this.#shape.undo();
    this.#draw();
    this.#say("Taken back.");
  }

  async #reset() {
    const shape = this.#shape;
    if (shape.points === null && shape.found === null) {
      this.#startFromOtherSide(shape);
    } else if (shape.placed) {
      await this.#send("DELETE", shape, null, `${shape.name}: what the program found is in use again.`);
    } else {
      shape.reset();
      this.#draw();
      this.#say(`${shape.name}: as found.`);
    }
  }

  /* Mirrored about the line between both irises, or laid across the middle of the picture. */
  #startFromOtherSide(shape) {
    const [left, right] = ["left", "right"].map((side) => this.#shapes.get(`${side}/iris`).points?.[0]);
    const other = this.#shapes.get(`${shape.side === "left" ? "right" : "left"}/${shape.contour}`).points;
    if (!left || !right || !other) {
      this.#problem("Neither side shows this contour, so there is nothing to start from. Send its points through the API.");
      return;
    }
    const middle = [(left[0] + right[0]) / 2, (left[1] + right[1]) / 2];
    const length = Math.hypot(left[0] - right[0], left[1] - right[1]);
    const along = [(left[0] - right[0]) / length, (left[1] - right[1]) / length];
    shape.start(other.map(([x, y]) => {
      const away = 2 * ((x - middle[0]) * along[0] + (y - middle[1]) * along[1]);
      return [x - away * along[0], y - away * along[1]];
    }));
    this.#draw();
    this.#canvas.showBox(shape.box);
    this.#say(`${shape.name}: started from the other side. Move its points, then save.`);
  }

  async #save() {
    const shape = this.#shape;
    const name = this.#form.elements.corrected_by;
    if (!name.value.trim()) {
      this.#problem("Write your name first: it is kept with the correction.");
      name.focus();
      return;
    }
    const body = { ...shape.shape, corrected_by: name.value.trim() };
    await this.#send("PUT", shape, body, `${shape.name} is saved, and the photo was measured anew. Reports that show it follow.`);
  }

  async #send(method, shape, body, done) {
    this.#problem(null);
    this.#busy(true);
    this.#say("Measuring anew …");
    try {
      await this.#ask(`/corrections/${shape.key}?wait=${WAIT_S}`, method, body);
      this.#shapes.delete(shape.key);
      this.#take(await this.#ask("/corrections", "GET", null));
      this.#say(done);
    } catch (error) {
      this.#problem(error.message);
      this.#say("Not saved.");
    }
    this.#busy(false);
    this.#draw();
  }

  async #ask(path, method, body) {
    const headers = { "Content-Type": "application/json", ...pageHeaders() };
    const options = { method, headers, body: body && JSON.stringify(body) };
    const answer = await fetch(this.#root.dataset.photo + path, options).catch(() => {
      throw new Error("The service did not answer. What you placed is still here; save it again.");
    });
    if (answer.status === 204) return null;
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.detail);
    return told;
  }

  #busy(busy) {
    this.#root.ariaBusy = String(busy);
    for (const button of this.#form.querySelectorAll("button")) button.disabled = busy;
  }

  #say(words) {
    this.#part("[data-status]").textContent = words;
  }

  #problem(words) {
    const problem = this.#part("[data-problem]");
    problem.hidden = words === null;
    problem.textContent = words ?? "";
  }
}

for (const root of document.querySelectorAll("[data-correction]")) new CorrectionPage(root);
