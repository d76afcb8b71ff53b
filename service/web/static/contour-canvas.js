/* The photo with its contours: what is seen of it, how lines and points are drawn, how points are moved. */
import { pathThrough } from "./contour-curve.js";

const SVG = "http://www.w3.org/2000/svg";
const DOT_PX = 7;
const REACH_PX = 20;
const STEPS_MM = { plain: 0.1, shift: 1 };
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class ContourCanvas {
  #svg;
  #size;
  #mmPerPx;
  #told;
  #shape = null;
  #view;
  #pointers = new Map();
  #held = null;

  /**
   * @param svg the drawing, in the photo's pixels.
   * @param told called as told(words, index) when a point moved, told(null, null) when the shape must be drawn anew.
   */
  constructor(svg, size, mmPerPx, told) {
    this.#svg = svg;
    this.#size = size;
    this.#mmPerPx = mmPerPx;
    this.#told = told;
    this.showAll();
    svg.addEventListener("pointerdown", (event) => this.#press(event));
    svg.addEventListener("pointermove", (event) => this.#drag(event));
    for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, (event) => this.#release(event));
    svg.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    svg.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.#sizeHandles()).observe(svg);
  }

  /** Edit a shape; the others are drawn thinly. */
  edit(shape, others) {
    this.#shape = shape;
    this.#part("[data-others]").replaceChildren(...others.filter((one) => one.points).map((one) => line(one, "other")));
    this.draw();
  }

  draw() {
    const shape = this.#shape;
    const differs = shape.found !== null && (shape.placed || shape.isChanged);
    this.#part("[data-found]").replaceChildren(...(differs ? cased(foundLine(shape, "was"), foundLine(shape, "casing")) : []));
    this.#part("[data-line]").replaceChildren(...(shape.points ? cased(line(shape, "yours"), line(shape, "casing")) : []));
    const handles = this.#part("[data-handles]");
    const count = shape.points?.length ?? 0;
    if (handles.children.length !== count || handles.dataset.of !== shape.key) {
      handles.dataset.of = shape.key;
      handles.replaceChildren(...Array.from({ length: count }, (_, index) => this.#handle(index)));
      this.#sizeHandles();
    }
    for (const [index, handle] of [...handles.children].entries()) {
      const [x, y] = shape.points[index];
      handle.setAttribute("transform", `translate(${x} ${y})`);
    }
  }

  showAll() {
    this.#look({ x: -0.5, y: -0.5, width: this.#size[0], height: this.#size[1] });
  }

  /** Show a box with room around it. */
  showBox(box) {
    const room = 0.35 * Math.max(box.width, box.height) + 4 / this.#mmPerPx;
    this.#look({ x: box.x - room, y: box.y - room, width: box.width + 2 * room, height: box.height + 2 * room });
  }

  zoomBy(factor, place = [this.#view.x + this.#view.width / 2, this.#view.y + this.#view.height / 2]) {
    const width = Math.min(2 * this.#size[0], Math.max(20, this.#view.width / factor));
    const share = width / this.#view.width;
    this.#look({
      x: place[0] - (place[0] - this.#view.x) * share,
      y: place[1] - (place[1] - this.#view.y) * share,
      width,
      height: this.#view.height * share,
    });
  }

  #part(selector) {
    return this.#svg.querySelector(selector);
  }

  #look(view) {
    this.#view = view;
    this.#svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
    this.#sizeHandles();
  }

  /** Photo pixels in one pixel of the screen. */
  get #perScreenPx() {
    const matrix = this.#svg.getScreenCTM();
    return matrix ? 1 / matrix.a : 1;
  }

  #placeOf(event) {
    const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.#svg.getScreenCTM().inverse());
    return [place.x, place.y];
  }

  #handle(index) {
    const handle = element("g", { class: "handle", tabindex: 0, role: "button", "data-index": index });
    handle.setAttribute("aria-roledescription", "movable point");
    handle.setAttribute("aria-label", this.#shape.pointName(index));
    handle.setAttribute("aria-describedby", "keys");
    handle.append(element("circle", { class: "handle__reach" }), element("circle", { class: "handle__dot" }));
    return handle;
  }

  #sizeHandles() {
    const scale = this.#perScreenPx;
    for (const handle of this.#part("[data-handles]").children) {
      handle.children[0].setAttribute("r", REACH_PX * scale);
      handle.children[1].setAttribute("r", DOT_PX * scale);
    }
  }

  #press(event) {
    if (event.button !== 0) return;
    this.#pointers.set(event.pointerId, event);
    const handle = event.target.closest("[data-index]");
    if (handle && this.#pointers.size === 1) {
      this.#shape.remember();
      const index = Number(handle.dataset.index);
      const [x, y] = this.#placeOf(event);
      const [pointX, pointY] = this.#shape.points[index];
      this.#held = { index, handle, away: [pointX - x, pointY - y] };
      handle.classList.add("is-held");
      handle.focus({ preventScroll: true });
      event.preventDefault();
    }
    this.#svg.setPointerCapture(event.pointerId);
  }

  #drag(event) {
    const last = this.#pointers.get(event.pointerId);
    if (!last) return;
    if (this.#held) {
      const [x, y] = this.#placeOf(event);
      this.#moveTo(this.#held.index, [x + this.#held.away[0], y + this.#held.away[1]]);
    } else if (this.#pointers.size === 2) {
      this.#pinch(event, last);
    } else {
      this.#pan(last, event);
    }
    this.#pointers.set(event.pointerId, event);
  }

  #release(event) {
    this.#pointers.delete(event.pointerId);
    this.#held?.handle.classList.remove("is-held");
    this.#held = null;
  }

  #pan(from, to) {
    const scale = this.#perScreenPx;
    const { x, y, width, height } = this.#view;
    this.#look({ x: x - (to.clientX - from.clientX) * scale, y: y - (to.clientY - from.clientY) * scale, width, height });
  }

  #pinch(event, last) {
    const [other] = [...this.#pointers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
    const spread = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
    const middle = { clientX: (event.clientX + other.clientX) / 2, clientY: (event.clientY + other.clientY) / 2 };
    this.zoomBy(spread(event) / spread(last), this.#placeOf(middle));
    this.#pan({ clientX: (last.clientX + other.clientX) / 2, clientY: (last.clientY + other.clientY) / 2 }, middle);
  }

  /* A wheel that only passes over the photo scrolls the page: it zooms after a click on it, or with Ctrl. */
  #wheel(event) {
    if (!event.ctrlKey && !this.#svg.contains(document.activeElement)) return;
    event.preventDefault();
    this.zoomBy(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), this.#placeOf(event));
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const handle = event.target.closest("[data-index]");
    const direction = DIRECTIONS[event.key];
    if (direction && handle) this.#nudge(Number(handle.dataset.index), direction, event);
    else if (direction) this.#pan({ clientX: 40 * direction[0], clientY: 40 * direction[1] }, { clientX: 0, clientY: 0 });
    else if (event.key === "+" || event.key === "=") this.zoomBy(1.5);
    else if (event.key === "-") this.zoomBy(1 / 1.5);
    else if (event.key === "0") this.showAll();
    else return;
    event.preventDefault();
  }

  #nudge(index, [right, down], event) {
    if (!event.repeat) this.#shape.remember();
    const step = (event.shiftKey ? STEPS_MM.shift : STEPS_MM.plain) / this.#mmPerPx;
    const [x, y] = this.#shape.points[index];
    this.#moveTo(index, [x + step * right, y + step * down]);
  }

  #moveTo(index, [x, y]) {
    const within = (value, size) => Math.min(size - 0.5, Math.max(-0.5, value));
    this.#shape.move(index, [within(x, this.#size[0]), within(y, this.#size[1])]);
    this.#told(index);
  }
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function cased(top, casing) {
  return [casing, top];
}

function line(shape, look) {
  if (!shape.isIris) return element("path", { class: look, d: shape.path });
  const [[cx, cy]] = shape.points;
  return element("circle", { class: `ring ${look}`, cx, cy, r: shape.radius });
}

function foundLine(shape, look) {
  if (!shape.isIris) return element("path", { class: look, d: pathThrough(shape.found) });
  const { centre: [cx, cy], radius } = shape.found;
  return element("circle", { class: `ring ${look}`, cx, cy, r: radius });
}
