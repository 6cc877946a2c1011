import type { ControlSpec, Value } from '../contract.ts';
import { freshId, h } from '../dom.ts';
import type { Control, Moved } from './index.ts';

type Choice = Extract<ControlSpec, { kind: 'choice' }>;

/** One of several options: buttons in a row when they are few and short, else a list. */
export function choice(spec: Choice, moved: Moved): Control {
  const few = spec.options.length <= 4 && spec.options.join('').length <= 48;
  return { ...(few ? segments : list)(spec, moved), words: (value) => spec.options[Number(value)] ?? String(value) };
}

type Part = { element: HTMLElement; show(value: Value): void };

function segments(spec: Choice, moved: Moved): Part {
  const name = freshId('choice');
  const inputs = spec.options.map((_, index) =>
    h('input', { type: 'radio', name, value: index, id: `${name}-${index}`, change: () => moved(index, true) }));
  const buttons = inputs.flatMap((input, index) => [input, h('label', { for: input.id }, spec.options[index]!)]);
  const show = (value: Value) => inputs.forEach((input, index) => { input.checked = index === Number(value); });
  show(spec.value);
  const element = h('fieldset', { class: 'lk-control lk-segments' }, h('legend', {}, spec.label), h('div', { class: 'lk-segment-row' }, ...buttons));
  return { element, show };
}

function list(spec: Choice, moved: Moved): Part {
  const id = freshId('choice');
  const select = h('select', { id, change: () => moved(select.selectedIndex, true) }, ...spec.options.map((option, index) => h('option', { value: index }, option)));
  select.selectedIndex = spec.value;
  const element = h('div', { class: 'lk-control lk-list' }, h('label', { for: id }, spec.label), select);
  return { element, show: (value) => { select.selectedIndex = Number(value); } };
}
