// A figure's state as a link: #two-gaussians?mu=0.5&sigma=1&step=240. Reading is forgiving and says what it corrected.
import type { ControlSpec, Spec, Value, Values } from './contract.ts';
import { formatNumber } from './format.ts';
import { unpack } from './points.ts';
import { isPoint, sameValue } from './value.ts';

type Ranged = Extract<ControlSpec, { kind: 'slider' | 'seed' }>;

export interface Link { values: Values; step: number; notes: string[] }

/** The figure that a fragment names, and its query. */
export function split(fragment: string): { name: string; query: string } {
  const [name = '', ...rest] = fragment.replace(/^#/, '').split('?');
  return { name: decode(name), query: rest.join('?') };
}

/** What is wrong with a text for a control, or null. */
type Refuse = (control: string, text: string) => string | null;

/** What a link asks of this figure; what it cannot have stands in `notes`. */
export function parse(query: string, spec: Spec, refuse: Refuse = () => null): Link {
  const link: Link = { values: {}, step: 0, notes: [] };
  for (const part of query.split('&').filter(Boolean).slice(0, 100)) {
    const at = part.indexOf('=');
    const name = decode(at < 0 ? part : part.slice(0, at));
    if (!name) continue;
    const text = at < 0 ? '' : decode(part.slice(at + 1));
    const control = spec.controls.find((one) => one.name === name);
    if (control) {
      const value = control.kind === 'text' ? readText(control, text, link.notes, refuse) : read(control, text.trim(), link.notes);
      if (value !== undefined) link.values[name] = value;
    } else if (name === 'step' && spec.play) link.step = Math.min(readStep(text.trim(), link.notes), spec.play.until ?? Infinity);
    else link.notes.push(`The link names “${short(name)}”, which this figure does not have.`);
  }
  return link;
}

/** The part after the #, or '' when all stands at its default. */
export function write(spec: Spec, values: Values, step: number): string {
  const parts = spec.controls.filter((control) => !sameValue(values[control.name], control.value))
    .map((control) => `${encodeURIComponent(control.name)}=${inLink(values[control.name]!)}`);
  if (step) parts.push(`step=${step}`);
  return parts.length ? `${encodeURIComponent(spec.name)}?${parts.join('&')}` : '';
}

const inLink = (value: Value) => (isPoint(value) ? value.join() : encodeURIComponent(typeof value === 'string' ? value : Number(value)));

export const furthestStep = 5000;

function readStep(text: string, notes: string[]): number {
  if (!/^\d+$/.test(text)) {
    notes.push(`The link asks for step “${short(text)}”, which is not a number of steps.`);
    return 0;
  }
  if (Number(text) > furthestStep) notes.push(`The link asks for step ${short(text)}; a link goes up to ${formatNumber(furthestStep, ',d')}.`);
  return Math.min(Number(text), furthestStep);
}

function readText(control: ControlSpec, text: string, notes: string[], refuse: Refuse): string | undefined {
  const problem = refuse(control.name, text);
  if (problem) notes.push(`The link gives “${short(text)}” for ${control.label}, and ${problem}: it stays.`);
  return problem ? undefined : text;
}

function read(control: Exclude<ControlSpec, { kind: 'text' }>, text: string, notes: string[]): Value | undefined {
  const refuse = (what: string) => void notes.push(`The link gives “${short(text)}” for ${control.label}, which is not ${what}: it stays.`);
  if (control.kind === 'toggle') {
    if (/^(1|true|on)$/i.test(text)) return true;
    return /^(0|false|off)$/i.test(text) ? false : refuse('on or off');
  }
  if (control.kind === 'choice') {
    const named = control.options.indexOf(text);
    if (named >= 0) return named;
    return /^\d+$/.test(text) && Number(text) < control.options.length ? Number(text) : refuse('one of the options');
  }
  if (control.kind === 'points') {
    const these = control.presets.length ? 'one of the presets, and no points either' : 'a set of points';
    return unpack(text, control) ? text : refuse(these);
  }
  if (control.kind === 'pad') {
    const [x = NaN, y = NaN, ...more] = text.split(',').map(toNumber);
    if (more.length || !Number.isFinite(x + y)) return refuse('two numbers, such as 0.5,-1.2');
    return [within(control.x, x), within(control.y, y)];
  }
  const number = toNumber(text);
  return Number.isFinite(number) ? within(control, number) : refuse('a number');

  function within(range: Ranged, number: number): number {
    const allowed = nearest(range, number);
    const [low, high] = range.kind === 'seed' ? [0, range.max] : [range.min, range.max];
    const asked = `The link asked for ${control.label} = ${short(text)}`;
    const what = control.kind === 'pad' ? range.label : 'it';
    if (number < low || number > high) notes.push(`${asked}; ${what} ${number < low ? `starts at ${low}` : `ends at ${high}`}.`);
    else if (allowed !== number) notes.push(`${asked}; ${what} takes whole numbers.`);
    return allowed;
  }
}

const toNumber = (text: string) => (text.trim() ? Number(text) : NaN);

/** The nearest number that the control takes. */
export function nearest(control: Ranged, number: number): number {
  const whole = control.kind === 'seed' || control.integer;
  const low = control.kind === 'seed' ? 0 : control.min;
  return Math.min(control.max, Math.max(low, whole ? Math.round(number) : number));
}

const short = (text: string) => (text.length > 24 ? text.slice(0, 24) + '…' : text);

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    return text;
  }
}
