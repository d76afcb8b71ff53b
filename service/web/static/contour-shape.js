/* One contour as it is edited: its points, what it was, and the way back. */
import { boxAround, distance, fewer, pathThrough } from "./contour-curve.js";

const HANDLES = { upper_lid: 9, lower_lid: 9, jawline: 11, nasolabial_fold: 8 };
const MOST_HANDLES = 25;

/** A contour of the photo: the iris has two points, its middle and one on its edge; a line has many. */
export class ContourShape {
  #past = [];

  /**
   * @param key side/contour, as in the address.
   * @param used what the photo is measured from, null where nothing was found or placed.
   * @param found what the program found, where a person placed another; else the same as used.
   * @param correction what a person placed, null where nobody did.
   */
  constructor(key, used, found, correction) {
    [this.side, this.contour] = key.split("/");
    this.key = key;
    this.found = found;
    this.placed = correction !== null;
    const shape = correction ?? used;
    this.points = shape === null ? null : this.#handles(shape);
    this.saved = JSON.stringify(this.points);
  }

  get isIris() {
    return this.contour === "iris";
  }

  get isChanged() {
    return JSON.stringify(this.points) !== this.saved;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get name() {
    const words = `${this.side} ${this.contour.replaceAll("_", " ")}`;
    return words[0].toUpperCase() + words.slice(1);
  }

  get radius() {
    return distance(this.points[0], this.points[1]);
  }

  get path() {
    return pathThrough(this.points);
  }

  get box() {
    if (!this.isIris) return boxAround(this.points);
    const [[x, y]] = this.points;
    return { x: x - this.radius, y: y - this.radius, width: 2 * this.radius, height: 2 * this.radius };
  }

  /** What the service is sent. */
  get shape() {
    return this.isIris ? { centre: this.points[0], radius: this.radius } : { points: this.points };
  }

  pointName(index) {
    if (!this.isIris) return `${this.name}, point ${index + 1} of ${this.points.length}`;
    return `${this.name}, ${index === 0 ? "middle" : "edge"}`;
  }

  /** Begin a change that one undo takes back. */
  remember() {
    this.#past.push(JSON.stringify(this.points));
  }

  undo() {
    if (this.canUndo) this.points = JSON.parse(this.#past.pop());
  }

  /** Move one point; an iris' middle takes its edge along. */
  move(index, [x, y]) {
    if (this.isIris && index === 0) {
      const [[oldX, oldY], [edgeX, edgeY]] = this.points;
      this.points[1] = [edgeX + x - oldX, edgeY + y - oldY];
    }
    this.points[index] = [x, y];
  }

  /** Take what the program found, or nothing where it found nothing. */
  reset() {
    this.remember();
    this.points = this.found === null ? null : this.#handles(this.found);
  }

  /** Start from another contour's points, where nothing was found. */
  start(points) {
    this.remember();
    this.points = points.map((point) => [...point]);
  }

  #handles(shape) {
    if (this.isIris) return [[...shape.centre], [shape.centre[0] + shape.radius, shape.centre[1]]];
    const points = shape.points ?? shape;
    return shape.points && points.length <= MOST_HANDLES ? fewer(points, MOST_HANDLES) : fewer(points, HANDLES[this.contour]);
  }
}
