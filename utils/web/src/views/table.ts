// Rows of words and numbers, with a bar beside a number where the author asked for it.
import type { ColumnSpec, Tensor, ViewSpec } from '../contract.ts';
import { h } from '../dom.ts';
import { formatNumber } from '../format.ts';
import { sayTokens, tokenName } from '../token_rows.ts';
import type { View, ViewContext } from './index.ts';

type TableSpec = Extract<ViewSpec, { kind: 'table' }>;
interface Cell { element: HTMLElement; draw(tensor: Tensor, row: number): number } // letters shown

export function table(spec: TableSpec, context: ViewContext): View {
  const columns = spec.columns.map((column) => ({ ...column, words: column.vocabulary && context.vocabulary(column.vocabulary) }));
  const body = h('tbody');
  const headings = spec.columns.map(({ heading, unit, vocabulary }) =>
    h('th', { scope: 'col', class: vocabulary ? undefined : 'lk-cell-number' }, heading, ...(unit ? [` (${unit})`] : [])));
  const element = h('table', { class: 'lk-table', style: `--lk-columns:${columns.length}` }, h('caption', {}, spec.label), h('thead', {}, h('tr', {}, ...headings)), body);
  let cells: Cell[][] = []; // by column

  const cell = (column: (typeof columns)[number], i: number): Cell => {
    const kind = column.words ? 'lk-cell-word' : 'lk-cell-number';
    const part = h(i ? 'td' : 'th', { scope: i ? undefined : 'row', class: `${kind} lk-role-${column.role}`, style: `--lk-width:var(--lk-width-${i})` });
    return column.words ? wordCell(part, column.words.text) : numberCell(part, column);
  };
  function layOut(rows: number) {
    cells = columns.map((column, i) => Array.from({ length: rows }, () => cell(column, i)));
    body.replaceChildren(...Array.from({ length: rows }, (_, row) => h('tr', {}, ...cells.map((column) => column[row]!.element))));
  }
  return {
    element: h('div', { class: 'lk-table-room' }, element),
    draw(outputs) {
      const rows = outputs[columns[0]!.output]?.data.length;
      if (rows === undefined) return;
      if (rows !== cells[0]?.length) layOut(rows);
      columns.forEach(({ output, bar }, i) => {
        const widths = cells[i]!.map((cell, row) => cell.draw(outputs[output]!, row));
        if (bar) element.style.setProperty(`--lk-width-${i}`, `${Math.max(...widths)}ch`); // bars stand in line
      });
    },
    says(output, outputs, index) {
      const words = columns.find((column) => column.output === output)?.words;
      return words ? sayTokens(outputs[output]!, words.text, -1, index, ', ') : undefined;
    },
  };
}

function wordCell(element: HTMLElement, text: (id: number) => string): Cell {
  return { element, draw: ({ data }, row) => write(element, data[row] === -1 ? null : tokenName(text(data[row]!))) };
}

function numberCell(element: HTMLElement, { bar, range: [low, high], format }: ColumnSpec): Cell {
  const number = h('span', { class: bar ? 'lk-bar-number' : undefined });
  const mark = h('span', { class: 'lk-bar-mark' });
  element.append(...(bar ? [h('span', { class: 'lk-bar', 'aria-hidden': 'true' }, mark)] : []), number);
  const part = (x: number) => Math.min(1, Math.max(0, (x - low) / (high - low)));
  return {
    element,
    draw({ data, dtype }, row) {
      const x = data[row]!;
      const letters = write(number, Number.isNaN(x) ? null : dtype === 'bool' ? (x ? 'yes' : 'no') : formatNumber(x, format));
      element.classList.toggle('lk-unfinite', Math.abs(x) === Infinity);
      mark.hidden = Number.isNaN(x);
      const [from, to] = [part(0), part(x)].sort((a, b) => a - b) as [number, number];
      if (!mark.hidden) mark.style.cssText = `left:${from * 100}%;width:${(to - from) * 100}%`;
      return letters;
    },
  };
}

/** Writes a text, or null for a gap; says how long it is. */
function write(element: HTMLElement, text: string | null): number {
  if (text === null) element.replaceChildren(h('span', { class: 'lk-gap', 'aria-hidden': 'true' }, '–'), h('span', { class: 'lk-hidden' }, 'nothing'));
  else if (element.textContent !== text) element.textContent = text;
  return text?.length ?? 1;
}
