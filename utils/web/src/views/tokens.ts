// Text out of token ids; with values, each token tinted by its own, which shows where the reader points.
import type { ViewSpec } from '../contract.ts';
import { freshId, h } from '../dom.ts';
import { formatNumber } from '../format.ts';
import { tints } from '../palette.ts';
import { inWords, sayTokens, tokenName, tokenRows } from '../token_rows.ts';
import type { View, ViewContext } from './index.ts';

type TokensSpec = Extract<ViewSpec, { kind: 'tokens' }>;
interface Place { row: number; at: number }
interface Tile { element: HTMLElement; letters: Text; text: string; level: number; value: number }

const unfinite = -1; // the level of a value that is none
const short = 20; // a row of so many letters at most stands beside others on a phone
const long = 12; // a row of more letters has a line of its own there
const letter = 0.6; // em that a letter takes, with its tint

export function tokens(spec: TokensSpec, context: ViewContext): View {
  const id = freshId('tokens');
  const vocabulary = context.vocabulary(spec.vocabulary);
  const [low, high] = spec.range;
  const valued = spec.values !== null;
  const name = valued ? inWords(spec.values!) : '';
  let lines: Line[] = [];
  let shape = '';
  let colours = tints(context.mode);
  let hovered: Place | null = null;
  let kept: Place | null = null; // chosen by touch, click or key
  let marked: HTMLElement | null = null;

  const cursor = h('input', { type: 'range', class: 'lk-tokens-cursor', min: 0, step: 1, value: 0, 'aria-label': `${spec.label}, token by token` });
  const text = h('div', { class: 'lk-tokens-text' });
  const value = h('div', { class: 'lk-tokens-value', 'aria-hidden': 'true' });
  const mark = h('span', { class: 'lk-scale-mark', hidden: true });
  const bar = h('span', { class: 'lk-scale-bar', 'aria-hidden': 'true' }, mark);
  const end = (x: number) => formatNumber(x, 'g');
  const scale = h('div', { class: 'lk-scale' }, `${name} ${end(low)}`, h('span', { class: 'lk-hidden' }, ' to '), bar, `${end(high)} ${spec.unit}`);
  const element = h('div', { class: `lk-tokens lk-role-${spec.role}`, role: 'group', 'aria-labelledby': id },
    h('div', { class: 'lk-tokens-label', id }, spec.label), text, ...(valued ? [h('div', { class: 'lk-tokens-foot' }, value, scale)] : []));

  const level = (x: number) => (Number.isFinite(x) ? Math.round(Math.min(1, Math.max(0, (x - low) / (high - low))) * 255) : unfinite);
  function paint(tile: Tile) {
    tile.element.classList.toggle('lk-unfinite', tile.level === unfinite);
    tile.element.style.backgroundColor = colours[tile.level] ?? '';
  }

  /** One text. Its tokens are for the eye; the row is read as a whole. */
  class Line {
    readonly tiles: Tile[] = [];
    count = 0; // tokens shown
    words = '';
    private readonly said = h('span', valued ? { class: 'lk-hidden' } : {});
    private readonly shown = h('span', { 'aria-hidden': 'true' });
    private readonly none = h('span', { class: 'lk-tokens-none' }, 'no tokens');
    readonly element: HTMLElement;
    constructor(tag: 'li' | 'p') {
      this.element = h(tag, { class: 'lk-tokens-row' }, this.none, this.said, ...(valued ? [this.shown] : []));
    }

    draw(row: string[], values: ArrayLike<number> | undefined) {
      this.count = row.length;
      this.none.hidden = row.length > 0;
      const words = row.join('');
      if (words !== this.words) {
        this.said.textContent = this.words = words;
        this.element.classList.toggle('lk-tokens-long', words.length > long);
      }
      if (!valued) return;
      row.forEach((token, at) => this.drawToken(this.tiles[at] ?? this.add(), token, values?.[at] ?? NaN));
      for (let at = row.length; at < this.tiles.length; at++) if (!this.tiles[at]!.element.hidden) this.tiles[at]!.element.hidden = true;
    }
    private add(): Tile {
      const letters = document.createTextNode('');
      const tile = { element: h('span', { class: 'lk-token' }, letters), letters, text: '', level: NaN, value: NaN };
      this.tiles.push(tile);
      this.shown.append(tile.element);
      return tile;
    }
    private drawToken(tile: Tile, token: string, x: number) {
      if (tile.element.hidden) tile.element.hidden = false;
      if (tile.text !== token) {
        tile.letters.data = tile.text = token;
        tile.element.classList.toggle('lk-line-end', token.startsWith('\n'));
      }
      tile.value = x;
      if (tile.level !== level(x)) { tile.level = level(x); paint(tile); }
    }
  }

  function layOut(next: number[]) {
    shape = next.join();
    const list = next.length > 1;
    lines = Array.from({ length: list ? next[0]! : 1 }, () => new Line(list ? 'li' : 'p'));
    const letters = next.at(-1)! * vocabulary.letters;
    const rows = h(list ? 'ul' : 'div', {
      class: `lk-tokens-rows${list ? ' lk-tokens-list' : ''}${list && letters <= short ? ' lk-tokens-short' : ''}`,
      role: list ? 'list' : undefined, // Safari forgets that a list without bullets is one
      style: `--lk-row:${Math.max(6, Math.ceil(letters * letter))}em`,
    }, ...lines.map((line) => line.element));
    text.replaceChildren(rows, ...(valued ? [cursor] : []));
  }

  // ------------------------------------------------------------ the token that the reader points at

  const tileAt = (place: Place | null) => {
    const line = place && lines[place.row];
    return line && place.at < line.count ? line.tiles[place.at]! : null;
  };
  const placeOf = (target: EventTarget | null): Place | null => {
    const found = (target as Element | null)?.closest?.('.lk-token');
    if (!found) return null;
    for (let row = 0; row < lines.length; row++) {
      const at = lines[row]!.tiles.findIndex((tile) => tile.element === found);
      if (at >= 0) return { row, at };
    }
    return null;
  };
  const countUntil = (row: number) => lines.slice(0, row).reduce((sum, line) => sum + line.count, 0);
  function placeAt(index: number): Place {
    let row = 0;
    while (row < lines.length - 1 && index >= lines[row]!.count) index -= lines[row++]!.count;
    return { row, at: index };
  }

  const number = (x: number) => (Number.isFinite(x) ? `${formatNumber(x, spec.format)} ${spec.unit}`.trim() : Number.isNaN(x) ? 'not finite' : `${formatNumber(x)}, not finite`);

  function point() {
    if (!valued) return;
    const place = tileAt(hovered) ? hovered : kept;
    const tile = tileAt(place);
    if (marked !== (tile?.element ?? null)) {
      marked?.classList.remove('lk-on');
      tile?.element.classList.add('lk-on');
      marked = tile?.element ?? null;
    }
    value.classList.toggle('lk-unfinite', tile?.level === unfinite);
    if (tile) value.replaceChildren(`${tokenName(tile.text)}: `, h('b', {}, number(tile.value)));
    else value.textContent = `Point at a token for its ${name}.`;
    mark.hidden = !tile || tile.level === unfinite;
    if (tile) mark.style.left = `${(Math.max(0, tile.level) / 255) * 100}%`;
    tellCursor();
  }

  /** The cursor of the keyboard is a slider over all tokens, which says where it is. */
  function tellCursor() {
    const total = countUntil(lines.length);
    cursor.disabled = total === 0;
    cursor.max = String(Math.max(0, total - 1));
    if (tileAt(kept)) cursor.value = String(countUntil(kept!.row) + kept!.at);
    const place = placeAt(cursor.valueAsNumber);
    const tile = tileAt(place);
    const where = lines.length > 1 ? `, in ${lines[place.row]?.words}` : '';
    cursor.setAttribute('aria-valuetext', tile ? `${tokenName(tile.text)}: ${number(tile.value)}${where}` : 'no tokens');
  }

  /** The token in the next line of text above or below, nearest sideways. */
  function beside(place: Place, down: boolean): Place {
    const middle = (box: DOMRect) => box.left + box.width / 2;
    const from = tileAt(place)!.element.getBoundingClientRect();
    let best = place, least = Infinity;
    lines.forEach((line, row) => line.tiles.slice(0, line.count).forEach((tile, at) => {
      const box = tile.element.getBoundingClientRect();
      const away = down ? box.top - from.top : from.top - box.top;
      const far = Math.round(away) * 1e5 + Math.abs(middle(box) - middle(from));
      if (away > box.height / 2 && far < least) { best = { row, at }; least = far; }
    }));
    return best;
  }

  function keep(place: Place | null) { kept = place; point(); }
  if (valued) {
    cursor.addEventListener('input', () => keep(placeAt(cursor.valueAsNumber)));
    cursor.addEventListener('focus', () => keep(placeAt(cursor.valueAsNumber)));
    cursor.addEventListener('blur', () => keep(null));
    cursor.addEventListener('keydown', (event) => {
      const way = { ArrowUp: false, ArrowDown: true }[event.key];
      if (way === undefined || !tileAt(kept)) return;
      event.preventDefault();
      keep(beside(kept!, way));
    });
    // A finger may slide along the text: its events go to the token under it, not to where it began.
    text.addEventListener('pointerdown', (event) => {
      const place = placeOf(event.target);
      const target = event.target as Element;
      if (target.hasPointerCapture(event.pointerId)) target.releasePointerCapture(event.pointerId);
      const again = event.pointerType === 'mouse' && place?.row === kept?.row && place?.at === kept?.at;
      keep(again ? null : place);
    });
    text.addEventListener('pointerover', (event) => {
      const place = placeOf(event.target);
      if (event.pointerType === 'mouse') { hovered = place; point(); }
      else if (place) keep(place);
    });
    text.addEventListener('pointerleave', () => { hovered = null; point(); });
  }

  const setMode: View['setMode'] = (mode) => {
    colours = tints(mode);
    bar.style.background = `linear-gradient(to right, ${[0, 64, 128, 192, 255].map((i) => colours[i]).join()})`;
    for (const line of lines) line.tiles.forEach(paint);
  };
  setMode(context.mode);

  return {
    element,
    draw(outputs) {
      const ids = outputs[spec.output];
      if (!ids) return;
      if (ids.shape.join() !== shape) layOut(ids.shape);
      const values = valued ? outputs[spec.values!]?.data : undefined;
      const length = ids.shape.at(-1)!;
      tokenRows(ids, vocabulary.text, spec.stop).forEach((row, i) => lines[i]!.draw(row, values?.subarray(i * length, (i + 1) * length)));
      if (cursor.matches(':focus') && !tileAt(kept)) kept = placeAt(cursor.valueAsNumber);
      point();
    },
    says: (output, outputs, index) => (output === spec.output ? sayTokens(outputs[output]!, vocabulary.text, spec.stop, index) : undefined),
    setMode,
  };
}
