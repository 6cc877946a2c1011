// Points in the plane: drawn on a square by mouse, pen or finger, chosen from presets, or typed as a list.
import type { PointsSpec, Value } from '../contract.ts';
import { freshId, h } from '../dom.ts';
import { formatNumber } from '../format.ts';
import { feed, inWords, list, numberAt, pack, placeOf, readList, unpack, type Places } from '../points.ts';
import type { Control, Moved } from './index.ts';

// lengths as parts of the square's side
const spacing = 0.009; // along a stroke, from point to point
const spread = 0.02; // of points about the stroke
const puff = 0.03; // of points about a brush that is held still
const reach = 0.06; // of the eraser
const beat = 60; // ms between points of a brush that is held still
const pause = 120; // ms between a key and the figure
const patience = 500; // ms in which a half-typed line is not called wrong
const memory = 50; // steps that can be undone

type Spot = readonly [number, number]; // from the square's upper left corner
interface Stroke { pointer: number; erases: boolean; at: Spot; owed: number; rests: boolean; timer: number; before: string }

export function points(spec: PointsSpec, moved: Moved): Control {
  const id = freshId('points');
  let value = spec.value; // what the figure has
  let shown = spec.value; // what stands on the square: the same, or '' where all is erased
  let places: Places = [];
  let own = ''; // what the reader drew last
  let stroke: Stroke | null = null;
  let timer = 0;
  let typing = false;
  const past: string[] = [];
  const isPreset = (text: string) => spec.presets.some(({ name }) => name === text);

  const choice = h('select', { 'aria-label': spec.label, 'aria-describedby': `${id}-count`, change: () => choose() }, ...spec.presets.map(({ name }) => h('option', {}, name)), h('option', {}, 'your own'));
  const square = new Square(spec);
  const erase = h('button', { type: 'button', class: 'lk-button', 'aria-pressed': 'false', click: () => hold(erase.getAttribute('aria-pressed') === 'false') }, 'Erase');
  const undo = h('button', { type: 'button', class: 'lk-button', click: () => back() }, 'Undo');
  const clear = h('button', { type: 'button', class: 'lk-button', click: () => { if (shown) { remember(shown); put(''); } } }, 'Clear');
  const count = h('p', { class: 'lk-points-count', id: `${id}-count`, role: 'status' });

  const area = h('textarea', { id: `${id}-list`, class: 'lk-points-list', rows: 7, spellcheck: 'false', autocomplete: 'off', autocapitalize: 'none', wrap: 'off', 'aria-describedby': `${id}-note`,
    input: () => read(false), change: () => read(true), keydown: (event) => { if ((event as KeyboardEvent).key === 'Escape') write(); } });
  const note = h('p', { class: 'lk-field-note', id: `${id}-note`, role: 'status' });
  const discard = h('button', { type: 'button', class: 'lk-button', hidden: true, click: () => { write(); area.focus(); } }, 'Take the points on the square again');
  const typed = h('details', { class: 'lk-points-typed', toggle: () => { if (!refused()) write(); } }, h('summary', {}, 'Points as a list'),
    h('label', { for: `${id}-list` }, `One a line: ${spec.x.label}, ${spec.y.label}`), area, note, discard);

  const element = h('fieldset', { class: 'lk-control lk-points' }, h('legend', {}, spec.label), ...(spec.presets.length ? [choice] : []), square.element,
    h('div', { class: 'lk-points-tools' }, erase, undo, clear), count, typed);

  // ------------------------------------------------------------ what stands here

  /** The reader's doing: '' is an empty square, and the figure keeps what it has. */
  function put(next: string, settled = true) {
    lay(next);
    if (next) {
      value = next;
      moved(next, settled);
    }
    if (settled) tell();
  }
  function lay(next: string) {
    shown = next;
    places = next ? unpack(next, spec)! : [];
    if (next && !isPreset(next)) own = next;
    picture();
  }
  function picture() {
    choice.selectedIndex = isPreset(shown) ? spec.presets.findIndex(({ name }) => name === shown) : spec.presets.length;
    square.draw(places);
    if (!typing && !refused()) write();
  }
  /** What the square shows, in words: when a stroke is over. */
  function tell() {
    const n = places.length / 2;
    const [here, taken] = [formatNumber(n, ',d'), formatNumber(spec.count, ',d')];
    const says = !n ? `Nothing is drawn: the figure still uses ${inWords(value)}`
      : n >= spec.most ? `The square is full: ${here} points`
      : n > spec.count ? `${here} points, of which the figure takes ${taken}`
      : n < spec.count ? `${here} ${n === 1 ? 'point' : 'points'}, repeated to ${taken}` : `${here} points`;
    count.textContent = isPreset(shown) && n < spec.most ? `${says}; draw on the square to add some.` : `${says}.`;
    undo.setAttribute('aria-disabled', String(!past.length));
    clear.setAttribute('aria-disabled', String(!n));
    square.say(`${spec.label}: ${n ? `${inWords(shown)}, ${extent()}` : 'nothing drawn'}`);
  }
  function extent() {
    return [spec.x, spec.y].map((axis, k) => {
      const along = places.filter((_, i) => i % 2 === k);
      const [low, high] = [along.reduce((a, b) => Math.min(a, b)), along.reduce((a, b) => Math.max(a, b))];
      return `${axis.label} from ${numberAt(axis, low)} to ${numberAt(axis, high)}`;
    }).join(', ');
  }

  // ------------------------------------------------------------ presets and undoing

  function remember(before: string) {
    if (past.at(-1) !== before) past.push(before);
    if (past.length > memory) past.shift();
  }
  function choose() {
    const next = spec.presets[choice.selectedIndex]?.name ?? own;
    if (next === shown) return;
    remember(shown);
    put(next);
  }
  function back() {
    const before = past.pop();
    if (before !== undefined) put(before);
  }

  // ------------------------------------------------------------ drawing

  function hold(erases: boolean) {
    erase.setAttribute('aria-pressed', String(erases));
    square.erases(erases);
  }

  square.element.addEventListener('pointerdown', (event) => {
    if (stroke || !event.isPrimary || (event.button !== 0 && event.button !== 5)) return; // 5: a pen turned over
    event.preventDefault(); // no selection of text
    square.element.setPointerCapture(event.pointerId);
    const erases = event.button === 5 || erase.getAttribute('aria-pressed') === 'true';
    const at = square.spot(event);
    stroke = { pointer: event.pointerId, erases, at, owed: 0, rests: false, timer: window.setInterval(rest, beat), before: shown };
    if (erases) wipe(at, at);
    else for (const about of [0, spread, spread]) dab(at, about);
    follow();
  });
  square.element.addEventListener('pointermove', (event) => {
    square.hover(event);
    if (event.pointerId !== stroke?.pointer) return;
    const way = event.getCoalescedEvents?.() ?? [];
    for (const part of way.length ? way : [event]) go(square.spot(part));
    follow();
  });
  for (const end of ['pointerup', 'pointercancel', 'lostpointercapture'] as const) {
    square.element.addEventListener(end, (event) => { if (event.pointerId === stroke?.pointer) finish(); });
  }

  function go(to: Spot) {
    const { at, erases } = stroke!;
    stroke!.rests = false;
    stroke!.at = to;
    if (erases) return wipe(at, to);
    const length = Math.hypot(to[0] - at[0], to[1] - at[1]);
    const steps = length / spacing;
    for (stroke!.owed += steps; stroke!.owed >= 1; stroke!.owed--) {
      const part = 1 - (stroke!.owed - 1) / steps;
      dab([at[0] + (to[0] - at[0]) * part, at[1] + (to[1] - at[1]) * part], spread);
    }
  }
  /** A brush that is held still sprays on. */
  function rest() {
    if (stroke!.rests && !stroke!.erases) {
      dab(stroke!.at, puff);
      dab(stroke!.at, puff);
      follow();
    }
    stroke!.rests = true;
  }
  /** One point about here; none outside the square or beyond what it holds. */
  function dab(spot: Spot, about: number) {
    const [left, top] = [spot[0] + about * normal(), spot[1] + about * normal()];
    if (left < 0 || top < 0 || left > 1 || top > 1 || places.length / 2 >= spec.most) return;
    places.push(...square.placesAt([left, top]));
  }
  /** Takes the points along this way. */
  function wipe(from: Spot, to: Spot) {
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    const left: Places = [];
    for (let i = 0; i < places.length; i += 2) {
      const [x, y] = square.spotOf(places[i]!, places[i + 1]!);
      const part = Math.min(1, Math.max(0, ((x - from[0]) * dx + (y - from[1]) * dy) / (dx * dx + dy * dy || 1)));
      if (Math.hypot(x - from[0] - part * dx, y - from[1] - part * dy) > reach) left.push(places[i]!, places[i + 1]!);
    }
    if (left.length < places.length) places = left;
  }
  /** The figure follows the stroke. */
  function follow() {
    const now = places.length ? pack(places) : '';
    const before = isPreset(shown) ? spec.presets.find(({ name }) => name === shown)!.points : shown;
    if (now !== before) put(now, false);
  }
  function finish() {
    const { before, timer } = stroke!;
    clearInterval(timer);
    stroke = null;
    if (before !== shown) {
      remember(before);
      value = shown || before; // where nothing is left, the figure goes back to what there was
      moved(value, true);
    }
    tell(); // also that the square is full
  }

  // ------------------------------------------------------------ the typed list

  const refused = () => area.getAttribute('aria-invalid') === 'true';

  /** The list as the square has it. */
  function write() {
    clearTimeout(timer);
    area.removeAttribute('aria-invalid');
    note.textContent = '';
    discard.hidden = true;
    if (!typed.open) return; // it is written when it is opened
    const next = list(places, spec);
    if (area.value !== next) area.value = next;
  }
  function read(settled: boolean) {
    clearTimeout(timer);
    const { places: found, problem: wrong } = readList(area.value, spec);
    const problem = wrong ?? (found.length ? null : 'there is no point in the list');
    const act = () => (problem ? refuse(problem) : take(found));
    if (settled) act();
    else timer = window.setTimeout(act, problem ? patience : pause);
  }
  function take(found: Places) {
    area.removeAttribute('aria-invalid');
    discard.hidden = true;
    note.textContent = '';
    const next = pack(found);
    if (next === pack(places)) return;
    remember(shown);
    typing = true; // what was typed stays as it is
    put(next);
    typing = false;
  }
  function refuse(problem: string) {
    area.setAttribute('aria-invalid', 'true');
    note.textContent = `${problem[0]!.toUpperCase()}${problem.slice(1)}; the figure still uses ${inWords(value)}.`;
    discard.hidden = false;
  }

  lay(spec.value);
  tell();
  return {
    element,
    show: (next: Value, afresh = false) => {
      if (typeof next !== 'string' || (!afresh && (stroke || next === value)) || !unpack(next, spec)) return;
      if (stroke) { clearInterval(stroke.timer); stroke = null; }
      if (next !== shown) remember(shown); // a drawing that a link or a reset replaces can be had back
      if (afresh) write();
      value = next;
      lay(next);
      tell();
    },
    words: (text) => inWords(String(text)),
    feed: fed(spec),
  };
}

/** What programs are fed; asked at every slice of steps, mostly for the same points. */
function fed(spec: PointsSpec): (text: string) => number[] {
  let last = '', numbers: number[] = [];
  return (text) => {
    if (text !== last) [numbers, last] = [feed(text, spec), text];
    return numbers;
  };
}

/** A normal number (Box and Muller, 1958). */
const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

const side = 300; // of the picture, in its own units

/** The square on the screen. */
class Square {
  readonly element: HTMLElement;
  private readonly path = svg('path', {});
  private readonly ring = svg('circle', { r: reach * side });
  private readonly picture = svg('svg', { viewBox: `0 0 ${side} ${side}`, 'aria-hidden': 'true' }, this.path, this.ring);

  constructor(private readonly spec: PointsSpec) {
    const { x, y } = spec;
    const ends = ({ label, min, max }: typeof x) => `${label}, ${min} to ${max}`;
    const zero = ({ min, max }: typeof x) => (min <= 0 && max >= 0 ? -min / (max - min) : -1);
    this.element = h('div', { class: 'lk-square lk-points-square', role: 'img', style: `--lk-x:${zero(x) * 100}%;--lk-y:${(1 - zero(y)) * 100}%` },
      h('span', { class: 'lk-square-x' }, ends(x)), h('span', { class: 'lk-square-y' }, ends(y)), this.picture);
    this.element.addEventListener('pointerleave', () => this.element.classList.remove('lk-hovered'));
  }
  /** Where an event is. */
  spot(event: PointerEvent): Spot {
    const { left, top, width, height } = this.picture.getBoundingClientRect();
    return [(event.clientX - left) / width, (event.clientY - top) / height];
  }
  spotOf(x: number, y: number): Spot {
    const part = ({ min, max }: PointsSpec['x'], number: number) => (number - min) / (max - min);
    return [part(this.spec.x, numberAt(this.spec.x, x)), 1 - part(this.spec.y, numberAt(this.spec.y, y))];
  }
  placesAt([left, top]: Spot): Spot {
    const { x, y } = this.spec;
    return [placeOf(x, x.min + left * (x.max - x.min)), placeOf(y, y.max - top * (y.max - y.min))];
  }
  draw(places: Places) {
    let d = '';
    for (let i = 0; i < places.length; i += 2) {
      const [left, top] = this.spotOf(places[i]!, places[i + 1]!);
      d += `M${(left * side).toFixed(1)} ${(top * side).toFixed(1)}h.01`; // a round cap is a dot
    }
    this.path.setAttribute('d', d);
  }
  say(text: string) { this.element.setAttribute('aria-label', text); }
  erases(on: boolean) { this.element.classList.toggle('lk-erases', on); }
  /** The eraser's ring follows. */
  hover(event: PointerEvent) {
    this.element.classList.add('lk-hovered');
    const [left, top] = this.spot(event);
    this.ring.setAttribute('cx', String(left * side));
    this.ring.setAttribute('cy', String(top * side));
  }
}

function svg<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Record<string, string | number>, ...children: Element[]): SVGElementTagNameMap[K] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}
