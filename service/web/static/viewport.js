"use strict";

/*
 * Which part of the aligned photos is seen. Both photos share one viewport, so they always move together.
 * Places are fractions of the photo: (0, 0) its top left, (1, 1) its bottom right.
 *
 * The scripts are classic and deferred, because a report must also open from the disk, where browsers load no modules.
 */
class Viewport {
  static LARGEST = 24;

  #changed;

  constructor(changed) {
    this.#changed = changed;
    this.zoom = 1;
    this.centre = { x: 0.5, y: 0.5 };
  }

  get isWhole() {
    return this.zoom === 1;
  }

  reset() {
    this.#move(1, { x: 0.5, y: 0.5 });
  }

  /** Zoom by a factor so that the place stays where it is on the screen. */
  zoomBy(factor, place = this.centre) {
    const zoom = Math.min(Viewport.LARGEST, Math.max(1, this.zoom * factor));
    const share = this.zoom / zoom;
    this.#move(zoom, {
      x: place.x + (this.centre.x - place.x) * share,
      y: place.y + (this.centre.y - place.y) * share,
    });
  }

  panBy(x, y) {
    this.#move(this.zoom, { x: this.centre.x - x, y: this.centre.y - y });
  }

  /** Show a box whole, with as much again around it. */
  show(box) {
    const zoom = Math.min(8, Math.max(1, 0.5 / Math.max(box.width, box.height)));
    this.#move(zoom, { x: box.x + box.width / 2, y: box.y + box.height / 2 });
  }

  #move(zoom, centre) {
    const half = 0.5 / zoom;
    const kept = (value) => Math.min(1 - half, Math.max(half, value));
    this.zoom = zoom;
    this.centre = { x: kept(centre.x), y: kept(centre.y) };
    this.#changed();
  }
}
