import type { ViewSpec } from '../contract.ts';
import { h } from '../dom.ts';
import { formatNumber } from '../format.ts';
import type { View } from './index.ts';

/** A scalar output as a number with its unit. */
export function readout(spec: Extract<ViewSpec, { kind: 'readout' }>): View {
  const number = h('span', { class: 'lk-number' }, '–');
  const unit = spec.unit ? [h('span', { class: 'lk-unit' }, spec.unit)] : [];
  const element = h('div', { class: `lk-readout lk-role-${spec.role}` }, h('span', { class: 'lk-readout-label' }, spec.label), h('span', { class: 'lk-readout-value' }, number, ' ', ...unit));
  return {
    element,
    draw(outputs) {
      const tensor = outputs[spec.output];
      const value = tensor?.data[0];
      if (value === undefined) return;
      const text = tensor!.dtype === 'bool' ? (value ? 'yes' : 'no') : formatNumber(value, spec.format);
      if (number.textContent !== text) number.textContent = text;
      element.classList.toggle('lk-unfinite', !Number.isFinite(value));
    },
  };
}
