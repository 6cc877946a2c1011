import type { ControlSpec } from '../contract.ts';
import { freshId, h } from '../dom.ts';
import type { Control, Moved } from './index.ts';

/** On or off: a native checkbox. */
export function toggle(spec: Extract<ControlSpec, { kind: 'toggle' }>, moved: Moved): Control {
  const id = freshId('toggle');
  const box = h('input', { type: 'checkbox', id, change: () => moved(box.checked, true) });
  box.checked = spec.value;
  return {
    element: h('div', { class: 'lk-control lk-toggle' }, box, h('label', { for: id }, spec.label)),
    show: (value) => { box.checked = Boolean(value); },
    words: (value) => (value ? 'on' : 'off'),
  };
}
