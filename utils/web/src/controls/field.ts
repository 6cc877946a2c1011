// A typed number: shows the value, takes another, says when it had to correct it.
import { h } from '../dom.ts';

interface Field {
  label: string;
  write(value: number): string;
  percent?: boolean;
  allowed(number: number): number;
  limits: string;
  moved(value: number): void;
  id?: string;
}

export function numberField({ label, write, percent, allowed, limits, moved, id }: Field) {
  const element = h('input', { type: 'text', inputmode: 'decimal', class: 'lk-field', 'aria-label': id ? undefined : label, id, autocomplete: 'off', spellcheck: 'false', size: 6 });
  const note = h('p', { class: 'lk-field-note', role: 'status' });
  let value = 0;

  const show = (next: number) => {
    value = next;
    if (element.value !== write(next)) element.value = write(next);
    element.size = Math.max(2, element.value.length);
  };
  const take = () => {
    const text = element.value.trim();
    if (text === write(value)) return;
    const number = text ? Number(text.replace(/,/g, '').replace('−', '-').replace(/%$/, '')) / (percent ? 100 : 1) : NaN;
    const next = Number.isFinite(number) ? allowed(number) : value;
    note.textContent = !Number.isFinite(number) ? `“${text.slice(0, 20)}” is not a number; still ${write(value)}.`
      : next !== number ? `${text} is not within ${limits}: now ${write(next)}.` : '';
    show(next);
    element.value = write(next);
    if (Number.isFinite(number)) moved(next);
  };
  element.addEventListener('change', take);
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') { event.preventDefault(); take(); element.select(); }
    if (event.key === 'Escape') element.value = write(value);
  });
  element.addEventListener('focus', () => element.select());
  element.addEventListener('input', () => { element.size = Math.max(2, element.value.length); });
  const clear = () => { note.textContent = ''; };
  return { element, note, show: (next: number) => { if (next !== value) clear(); show(next); } };
}
