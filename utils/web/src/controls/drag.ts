// A point dragged within a plane by mouse, pen or finger: on a chart or on a pad's own square.
import type { Point, SliderSpec } from '../contract.ts';
import { nearest } from '../fragment.ts';

/** The plane on the screen, in pixels from its area's corner, and how its pixels and values go together. */
export interface Plane {
  left: number; top: number; width: number; height: number;
  toPoint(x: number, y: number): Point;
}
interface Drag { pointer: number; from: Point; grip: Point; waits: boolean }

/** `area` listens, `plane` says where in it, `at` where the point is now. A finger that lands beside the handle may be on its way down
 *  the page: it moves the point when it goes sideways or is lifted. */
export function draggable(area: HTMLElement, handle: HTMLElement, axes: { x: SliderSpec; y: SliderSpec }, plane: () => Plane | null, at: () => Point, moved: (point: Point, settled: boolean) => void) {
  let drag: Drag | null = null;
  const inPlane = (event: PointerEvent, { left, top }: Plane): Point => {
    const box = area.getBoundingClientRect();
    return [event.clientX - box.left - left, event.clientY - box.top - top];
  };
  const follow = (event: PointerEvent, settled: boolean) => {
    const now = plane();
    if (!now || !drag) return;
    const [x, y] = inPlane(event, now);
    const point = now.toPoint(x - drag.grip[0], y - drag.grip[1]);
    moved([fine(axes.x, point[0]), fine(axes.y, point[1])], settled);
  };
  area.addEventListener('pointerdown', (event) => {
    const now = plane();
    if (!now || drag || event.button !== 0 || !event.isPrimary) return;
    const [x, y] = inPlane(event, now);
    const held = handle.contains(event.target as Node);
    if (!held && (x < 0 || y < 0 || x > now.width || y > now.height)) return;
    event.preventDefault(); // no selection of text, and no click for Plotly
    area.setPointerCapture(event.pointerId);
    const middle = handle.getBoundingClientRect();
    const grip: Point = held ? [event.clientX - middle.left - middle.width / 2, event.clientY - middle.top - middle.height / 2] : [0, 0];
    drag = { pointer: event.pointerId, from: at(), grip, waits: !held && event.pointerType !== 'mouse' };
    area.classList.add('lk-dragging');
    if (!held && !drag.waits) follow(event, false);
  });
  area.addEventListener('pointermove', (event) => { if (event.pointerId === drag?.pointer) follow(event, false); });
  const end = (event: PointerEvent) => {
    if (event.pointerId !== drag?.pointer) return;
    if (event.type === 'pointerup') follow(event, true);
    else moved(drag.from, true); // the browser took the gesture, to scroll the page
    drag = null;
    area.classList.remove('lk-dragging');
  };
  area.addEventListener('pointerup', end);
  area.addEventListener('pointercancel', end);
}

/** A tenth of the slider's step is as fine as a pixel; a number that reads well. */
const fine = (axis: SliderSpec, value: number) => {
  const step = axis.step / 10;
  return nearest(axis, Number((Math.round(value / step) * step).toPrecision(9)));
};
