// A number: a native range input, and a field for a precise value.
import type { SliderSpec } from '../contract.ts';
import { freshId, h } from '../dom.ts';
import { formatNumber } from '../format.ts';
import { nearest } from '../fragment.ts';
import { numberField } from './field.ts';
import type { Control, Moved } from './index.ts';

export function slider(spec: SliderSpec, moved: Moved): Control {
  const scale = spec.scale === 'log' ? logScale(spec) : linearScale(spec);
  const id = freshId('slider');
  const range = h('input', { type: 'range', id, min: scale.low, max: scale.high, step: scale.step });
  const code = (value: number) => formatNumber(value, spec.format);
  const words = (value: number) => (spec.unit ? `${code(value)} ${spec.unit}` : code(value));
  const field = numberField({
    label: `${spec.label}, exact value`,
    write: code,
    percent: spec.format.endsWith('%'),
    allowed: (number) => nearest(spec, number),
    limits: `${code(spec.min)} to ${words(spec.max)}`,
    moved: (number) => { show(number); moved(number, true); },
  });

  const show = (value: number) => {
    const at = scale.toPosition(value);
    range.value = String(at);
    range.setAttribute('aria-valuetext', words(value));
    range.style.setProperty('--lk-filled', `${((Number(range.value) - scale.low) / (scale.high - scale.low)) * 100}%`);
    field.show(value);
  };
  const read = (settled: boolean) => {
    const value = scale.toValue(Number(range.value));
    show(value);
    moved(value, settled);
  };
  range.addEventListener('input', () => read(false));
  range.addEventListener('change', () => read(true));
  range.addEventListener('dblclick', () => { show(spec.value); moved(spec.value, true); });
  show(spec.value);

  const unit = spec.unit ? [h('span', { class: 'lk-unit' }, spec.unit)] : [];
  const head = h('div', { class: 'lk-control-head' }, h('label', { for: id }, spec.label), h('span', { class: 'lk-value' }, field.element, ...unit));
  return { element: h('div', { class: 'lk-control lk-slider' }, head, range, field.note), show: (value) => show(Number(value)), words: (value) => words(Number(value)) };
}

interface Scale { low: number; high: number; step: number | 'any'; toValue(position: number): number; toPosition(value: number): number }

const tidy = (x: number) => Number(x.toPrecision(12));

function linearScale({ min, max, step, integer }: SliderSpec): Scale {
  return { low: min, high: max, step: step || 'any', toPosition: (value) => value, toValue: (at) => (integer ? Math.round(at) : tidy(at)) };
}

/** Positions count through values that read well: 1, 1.1, … 2, 2.2, … 5, 5.5, … 10 and their decades, between the ends. */
function logScale(spec: SliderSpec): Scale {
  const values = new Set([spec.min, spec.max]);
  const fine = spec.max / spec.min < 12 ? 5 : 1;
  const steps = [[1, 2, 0.1], [2, 5, 0.2], [5, 10, 0.5]] as const;
  for (let decade = Math.floor(Math.log10(spec.min)); decade <= Math.log10(spec.max); decade++) {
    for (const [from, to, by] of steps) {
      const count = Math.round(((to - from) / by) * fine);
      for (let i = 0; i < count; i++) {
        const value = nearest(spec, tidy((from + (i * by) / fine) * 10 ** decade));
        if (value > spec.min && value < spec.max) values.add(value);
      }
    }
  }
  values.add(spec.value);
  const sorted = [...values].sort((a, b) => a - b);
  const closest = (value: number) => {
    let best = 0;
    for (let i = 1; i < sorted.length; i++) if (Math.abs(Math.log(sorted[i]! / value)) < Math.abs(Math.log(sorted[best]! / value))) best = i;
    return best;
  };
  return { low: 0, high: sorted.length - 1, step: 1, toValue: (at) => sorted[at]!, toPosition: closest };
}
