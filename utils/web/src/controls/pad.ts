// A point in the plane: dragged on a chart that shows it, or else on a square here; two sliders for the keyboard.
import type { ControlSpec, Point } from '../contract.ts';
import { h } from '../dom.ts';
import { formatNumber } from '../format.ts';
import { isPoint } from '../value.ts';
import { draggable, type Plane } from './drag.ts';
import type { Control, ControlContext, Moved } from './index.ts';
import { slider } from './slider.ts';

type PadSpec = Extract<ControlSpec, { kind: 'pad' }>;

export function pad(spec: PadSpec, moved: Moved, { onChart }: ControlContext): Control {
  let point: Point = spec.value;
  const move = (next: Point, settled: boolean) => { show(next); moved(next, settled); };
  const x = slider(spec.x, (value, settled) => move([Number(value), point[1]], settled));
  const y = slider(spec.y, (value, settled) => move([point[0], Number(value)], settled));
  const square = onChart ? null : ownSquare(spec, () => point, move);
  function show(next: Point) {
    point = next;
    x.show(point[0]);
    y.show(point[1]);
    square?.show(point);
  }
  show(point);
  const element = h('fieldset', { class: 'lk-control lk-pad' }, h('legend', {}, spec.label), ...(square ? [square.element] : []), x.element, y.element);
  const words: Control['words'] = (value, form = spec.x.format, index) => {
    const numbers = (isPoint(value) ? value : point).map((number) => formatNumber(number, form));
    return index === undefined ? `(${numbers.join(', ')})` : numbers[index]!;
  };
  return { element, show: (value) => { if (isPoint(value)) show(value); }, words };
}

function ownSquare({ x, y }: PadSpec, at: () => Point, move: (point: Point, settled: boolean) => void) {
  const handle = h('span', { class: 'lk-handle' });
  const element = h('div', { class: 'lk-square', 'aria-hidden': 'true' },
    h('span', { class: 'lk-square-x' }, x.label), h('span', { class: 'lk-square-y' }, y.label), handle);
  const part = ({ min, max }: typeof x, value: number) => (value - min) / (max - min);
  const plane = (): Plane => {
    const [width, height] = [element.clientWidth, element.clientHeight];
    const toPoint = (left: number, top: number): Point => [x.min + (left / width) * (x.max - x.min), y.max - (top / height) * (y.max - y.min)];
    return { left: element.clientLeft, top: element.clientTop, width, height, toPoint };
  };
  draggable(element, handle, { x, y }, plane, at, move);
  const show = (point: Point) => {
    element.style.setProperty('--lk-x', `${part(x, point[0]) * 100}%`);
    element.style.setProperty('--lk-y', `${(1 - part(y, point[1])) * 100}%`);
  };
  return { element, show };
}
