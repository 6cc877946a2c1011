// Curves that grow with a run, and the room that their axes give them.

type Point = number | null;

/** Thinned to at most `limit` points: every second one goes when it is full. */
export class History {
  changed = false;
  private steps: number[] = [];
  private values: Point[] = [];

  constructor(private readonly limit = 400) {}

  add(step: number, number: number) {
    const value = Number.isFinite(number) ? number : null;
    const last = this.steps.at(-1);
    if (last !== undefined && step < last) this.clear();
    if (step === last) {
      if (this.values.at(-1) === value) return;
      this.steps.pop();
      this.values.pop();
    }
    this.steps.push(step);
    this.values.push(value);
    if (this.steps.length > this.limit) {
      const kept = (_: unknown, i: number) => i % 2 === 0 || i === this.steps.length - 1;
      [this.steps, this.values] = [this.steps.filter(kept), this.values.filter(kept)];
    }
    this.changed = true;
  }

  clear() {
    this.steps = [];
    this.values = [];
    this.changed = true;
  }

  xy(): { x: number[]; y: Point[] } {
    return { x: [...this.steps], y: [...this.values] };
  }
}

export type Range = [number, number];

/** A range around these numbers, in powers of ten on a log axis. While a run goes on it has room to grow and is kept as long as
 *  all fits: then the axis moves seldom, not at every step. Afterwards (`growing` false) it is tight. */
export function roomFor(numbers: Point[], kind: 'x' | 'y', log: boolean, now: Range | undefined, growing: boolean, toZero = false): Range | undefined {
  const known = numbers.filter((x): x is number => x !== null && (!log || x > 0)).map((x) => (log ? Math.log10(x) : x));
  if (!known.length) return now;
  if (toZero && !log) known.push(0);
  const low = Math.min(...known), high = Math.max(...known);
  const roomy = growing || low === high;
  if (roomy && now && low >= now[0] && high <= now[1]) return now;
  if (kind === 'x' && !log && low >= 0) return [0, roomy ? Math.max(100, high * 2) : high * 1.04];
  const span = Math.max(high - low, log ? 0.2 : Math.abs(high) * 0.1 || 1);
  if (!roomy) return clear([low - span * 0.06, high + span * 0.06]);
  const room = Math.max(span * 0.5, log ? 0.8 : 0);
  if (!now) return clear([low - (log ? 1.2 : room), high + (log ? 0.2 : room)]);
  return clear([low < now[0] ? low - room : now[0], high > now[1] ? high + room : now[1]]);

  /** Nothing below zero: no room below zero. */
  function clear([from, to]: Range): Range { return !log && low >= 0 && from < 0 ? [0, to] : [from, to]; }
}
