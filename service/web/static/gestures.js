"use strict";

/* Mouse, touch, wheel and keys on the stage: what they mean for the viewport and the divider. */
class Gestures {
  static KEY_STEP = 0.08;

  #stage;
  #viewport;
  #viewer;
  #pointers = new Map();
  #draggingDivider = false;

  constructor(stage, viewport, viewer) {
    this.#stage = stage;
    this.#viewport = viewport;
    this.#viewer = viewer;
    stage.addEventListener("pointerdown", (event) => this.#press(event));
    stage.addEventListener("pointermove", (event) => this.#drag(event));
    for (const end of ["pointerup", "pointercancel"]) {
      stage.addEventListener(end, (event) => this.#release(event));
    }
    stage.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    stage.addEventListener("dblclick", (event) => this.#doubleClick(event));
    stage.addEventListener("keydown", (event) => this.#key(event));
  }

  #press(event) {
    if (event.button !== 0) return;
    this.#stage.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const onDivider = event.target.closest("[data-divider]") !== null;
    this.#draggingDivider = this.#viewer.mode === "slider" && (onDivider || this.#viewport.isWhole);
  }

  #drag(event) {
    const last = this.#pointers.get(event.pointerId);
    if (!last) return;
    const now = { x: event.clientX, y: event.clientY };
    if (this.#pointers.size === 2) {
      this.#pinch(event.pointerId, last, now);
    } else if (this.#draggingDivider) {
      this.#viewer.splitAt(this.#shareOfStage(now.x));
    } else {
      this.#pan(last, now);
    }
    this.#pointers.set(event.pointerId, now);
  }

  #release(event) {
    this.#pointers.delete(event.pointerId);
    this.#draggingDivider = false;
  }

  #pan(last, now) {
    const frame = this.#viewer.frameUnder(now);
    this.#viewport.panBy((now.x - last.x) / frame.width, (now.y - last.y) / frame.height);
  }

  #pinch(id, last, now) {
    const [other] = [...this.#pointers].filter(([key]) => key !== id).map(([, place]) => place);
    const spread = (place) => Math.hypot(place.x - other.x, place.y - other.y) || 1;
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    this.#draggingDivider = false;
    this.#viewport.zoomBy(spread(now) / spread(last), this.#viewer.placeOf(middle));
    this.#pan({ x: (last.x + other.x) / 2, y: (last.y + other.y) / 2 }, middle);
  }

  /* A wheel that only passes over the photos scrolls the page: it zooms after a click on them, or with Ctrl. */
  #wheel(event) {
    const leaving = this.#viewport.isWhole && event.deltaY > 0;
    if (!event.ctrlKey && (leaving || !this.#stage.contains(document.activeElement))) {
      this.#viewer.hint();
      return;
    }
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
    const speed = event.ctrlKey ? 0.01 : 0.002;
    this.#viewport.zoomBy(Math.exp(-pixels * speed), this.#viewer.placeOf({ x: event.clientX, y: event.clientY }));
  }

  #doubleClick(event) {
    const factor = event.shiftKey ? 0.5 : 2;
    this.#viewer.glide();
    this.#viewport.zoomBy(factor, this.#viewer.placeOf({ x: event.clientX, y: event.clientY }));
  }

  #key(event) {
    const directions = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const direction = directions[event.key];
    if (!direction || event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.#viewport.isWhole) {
      if (direction[0] === 0 || this.#viewer.mode !== "slider") return;
      this.#viewer.splitBy(-2 * direction[0]);
    } else {
      const step = Gestures.KEY_STEP / this.#viewport.zoom;
      this.#viewport.panBy(direction[0] * step, direction[1] * step);
    }
    event.preventDefault();
  }

  #shareOfStage(x) {
    const stage = this.#stage.getBoundingClientRect();
    return (x - stage.left) / stage.width;
  }
}
