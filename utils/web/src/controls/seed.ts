import type { ControlSpec } from '../contract.ts';
import { freshId, h } from '../dom.ts';
import { nearest } from '../fragment.ts';
import { numberField } from './field.ts';
import type { Control, Moved } from './index.ts';

/** The reader's randomness: a whole number, and a button for another one. */
export function seed(spec: Extract<ControlSpec, { kind: 'seed' }>, moved: Moved): Control {
  const id = freshId('seed');
  const field = numberField({
    id, label: spec.label, write: String, limits: `0 to ${spec.max}`,
    allowed: (number) => nearest(spec, number),
    moved: (number) => moved(number, true),
  });
  field.show(spec.value);
  const another = () => {
    const value = Math.floor(Math.random() * (spec.max + 1));
    field.show(value);
    moved(value, true);
  };
  const button = h('button', { type: 'button', class: 'lk-button', click: another }, 'New seed');
  const element = h('div', { class: 'lk-control lk-seed' }, h('div', { class: 'lk-control-head' }, h('label', { for: id }, spec.label)),
    h('div', { class: 'lk-seed-row' }, field.element, button), field.note);
  return { element, show: (value) => field.show(Number(value)), words: String };
}
