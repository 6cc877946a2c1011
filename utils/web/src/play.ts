// Playing: which slice of steps comes next, and when to stop. It computes nothing; figure.ts asks it.
import type { PlaySpec, Slice } from './contract.ts';

const longest = 24; // ms of steps in a slice, where drawing takes its time

export class Player {
  playing = false;
  speed: number;
  /** A step to reach as fast as it goes (a link, a “Show me”, one step), then stop. */
  private goal: number | null = null;
  private owed = 0; // steps due at a set speed
  private last = 0; // when they were last counted
  private stepTime = 1; // ms, measured
  private slice: number; // ms of steps in the next slice
  private beside = 0; // ms that a slice takes beside its steps: looking, drawing, waiting for the frame; measured

  /** `budget`: ms of steps in one slice, at the least. */
  constructor(private readonly spec: PlaySpec, private readonly budget: number) {
    this.speed = spec.speed;
    this.slice = budget;
  }

  play() {
    this.playing = true;
    this.goal = null;
    this.rest();
  }
  pause() {
    this.playing = false;
    this.goal = null;
  }
  goTo(step: number) {
    this.playing = false;
    this.goal = step;
  }
  get active() { return this.playing || this.goal !== null; }
  get seeking() { return this.goal; }
  /** Time that passed meanwhile (off screen) is not owed. */
  rest() {
    this.owed = 0;
    this.last = performance.now();
  }

  /** Where a run ends by itself. */
  private get end() { return Math.min(this.goal ?? Infinity, this.spec.until ?? Infinity); }
  finished(step: number) { return this.active && step >= this.end; }

  /** The slice that is due at this step, or null: wait for the next frame. */
  next(step: number): Slice | null {
    const room = this.end - step;
    const rate = this.goal === null ? (this.spec.speeds[this.speed]?.steps_per_second ?? null) : null;
    const now = performance.now();
    if (rate === null) {
      // A figure that is slow to draw is drawn less often, so that most of the time goes into its steps.
      this.beside = 0.8 * this.beside + 0.2 * Math.max(0, Math.min(2 * longest, now - this.last - this.slice));
      this.slice = Math.max(this.budget, Math.min(longest, 1.5 * this.beside));
      this.last = now;
      return { budget: this.slice, most: Number.isFinite(room) ? room : 1e6 };
    }
    this.owed = Math.min(this.owed + ((now - this.last) / 1000) * rate, Math.max(1, this.budget / this.stepTime));
    this.last = now;
    const steps = Math.min(Math.floor(this.owed), room);
    if (steps < 1) return null;
    this.owed -= steps;
    return { steps };
  }

  /** A slice took so long. */
  measured(steps: number, ms: number) {
    if (steps > 0) this.stepTime = 0.7 * this.stepTime + 0.3 * (ms / steps);
  }
}
