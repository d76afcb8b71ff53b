/* Lines through points, as the analysis draws them too: uniform Catmull-Rom, here as Bézier curves. */

/** The SVG path through points [[x, y], …]. */
export function pathThrough(points) {
  const ends = [mirrored(points[1], points[0]), ...points, mirrored(points.at(-2), points.at(-1))];
  const pieces = points.slice(1).map((end, k) => {
    const [p0, p1, p2, p3] = ends.slice(k, k + 4);
    const first = [0, 1].map((axis) => p1[axis] + (p2[axis] - p0[axis]) / 6);
    const second = [0, 1].map((axis) => p2[axis] - (p3[axis] - p1[axis]) / 6);
    return `C${first} ${second} ${end}`;
  });
  return `M${points[0]}${pieces.join("")}`;
}

/** A few points at even steps along a line of many. */
export function fewer(points, count) {
  if (points.length <= count) return points.map((point) => [...point]);
  const arc = [0];
  for (let k = 1; k < points.length; k += 1) arc.push(arc[k - 1] + distance(points[k - 1], points[k]));
  return Array.from({ length: count }, (_, k) => at(points, arc, (arc.at(-1) * k) / (count - 1)));
}

export function distance(a, b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

/** The box around points, as { x, y, width, height }. */
export function boxAround(points) {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

function at(points, arc, place) {
  const next = Math.max(1, arc.findIndex((length) => length >= place - 1e-9));
  const share = (place - arc[next - 1]) / (arc[next] - arc[next - 1] || 1);
  return [0, 1].map((axis) => points[next - 1][axis] + share * (points[next][axis] - points[next - 1][axis]));
}

function mirrored(point, about) {
  return [2 * about[0] - point[0], 2 * about[1] - point[1]];
}
