// Points of the plane as text, four characters each. Python does the same (likely/explorable/points.py); a test holds the two together.
import type { GridSpec, PointsSpec } from './contract.ts';
import { formatNumber } from './format.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const digits = new Map([...letters].map((letter, digit) => [letter, digit]));
const mark = '~'; // what tells packed points from the name of a preset

/** Points as places on the grids of x and y: x, y, x, y, … */
export type Places = number[];

export const pack = (places: Places): string => mark + places.map((place) => letters[place >> 6]! + letters[place & 63]!).join('');

/** The points of a value (packed text, or the name of a preset), or null for other text. */
export function unpack(value: string, spec: PointsSpec): Places | null {
  const text = spec.presets.find(({ name }) => name === value)?.points ?? value;
  const count = (text.length - 1) / 4;
  if (text[0] !== mark || !count || count % 1 || count > spec.most) return null;
  const places: Places = [];
  for (let i = 1; i < text.length; i += 2) {
    const place = (digits.get(text[i]!) ?? NaN) * 64 + (digits.get(text[i + 1]!) ?? NaN);
    if (!(place <= (places.length % 2 ? spec.y : spec.x).steps)) return null;
    places.push(place);
  }
  return places;
}

/** The number at a place: the one nearest to the decimal that one would write. */
export const numberAt = ({ low, times, over }: GridSpec, place: number) => ((low + place) * times) / over;
/** The place nearest to a number. */
export const placeOf = ({ low, steps, times, over }: GridSpec, number: number) => Math.min(steps, Math.max(0, Math.floor((number * over) / times + 0.5) - low));

/** What a program is fed: `count` points, x, y, x, y, …; row j is point floor(j n / count). */
export function feed(value: string, spec: PointsSpec): number[] {
  const places = unpack(value, spec);
  if (!places) throw new Error('these are no points');
  const n = places.length / 2;
  const fed: number[] = [];
  for (let j = 0; j < spec.count; j++) {
    const at = 2 * Math.floor((j * n) / spec.count);
    fed.push(numberAt(spec.x, places[at]!), numberAt(spec.y, places[at + 1]!));
  }
  return fed;
}

export const inWords = (value: string): string => {
  if (value[0] !== mark) return value;
  const n = (value.length - 1) / 4;
  return n === 1 ? 'your 1 point' : `your ${formatNumber(n, ',d')} points`;
};

/** One point a line. */
export function list(places: Places, { x, y }: PointsSpec): string {
  const lines: string[] = [];
  for (let i = 0; i < places.length; i += 2) lines.push(`${numberAt(x, places[i]!)}, ${numberAt(y, places[i + 1]!)}`);
  return lines.join('\n');
}

const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A typed list: its points, and what is wrong with the first line that is none, or null. Lines without a number are left out. */
export function readList(text: string, { x, y, most }: PointsSpec): { places: Places; problem: string | null } {
  const places: Places = [];
  const problems: string[] = [];
  text.split(/\r?\n/).forEach((line, i) => {
    const bare = line.replace(/^[\s([]+|[\s)\],;]+$/g, '').replaceAll('−', '-'); // as Python or a table writes them
    if (!bare) return;
    const parts = bare.split(/\s*[,;]\s*|\s+/);
    const said = `line ${i + 1}, “${short(line.trim())}”`;
    if (parts.length !== 2 || !parts.every((part) => number.test(part))) return void problems.push(`${said}, is not two numbers, such as 0.5, -1.2`);
    const numbers = parts.map(Number);
    for (const [k, axis] of [x, y].entries()) {
      if (!(numbers[k]! >= axis.min && numbers[k]! <= axis.max)) return void problems.push(`${said}: ${axis.label} goes from ${axis.min} to ${axis.max}`);
    }
    places.push(placeOf(x, numbers[0]!), placeOf(y, numbers[1]!));
  });
  const n = places.length / 2;
  if (n > most) problems.push(`${formatNumber(n, ',d')} points are too many, there can be ${formatNumber(most, ',d')}`);
  const others = problems.length - 1;
  return { places, problem: problems.length ? `${problems[0]}${others ? ` (and ${others} more ${others > 1 ? 'lines are' : 'line is'} wrong)` : ''}` : null };
}

const short = (text: string) => (text.length > 24 ? text.slice(0, 24) + '…' : text);
