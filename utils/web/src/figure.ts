// A figure, whoever computes: controls, views, challenges and play, from a spec, first outputs and an engine.
import { Challenges } from './challenges.ts';
import type { ChallengeSpec, ControlSpec, Engine, Feeds, Outputs, Result, Spec, Value, Values } from './contract.ts';
import { makeControl, type Control } from './controls/index.ts';
import { calmMotion, frame, h } from './dom.ts';
import { fill, formatNumber, type Lookup } from './format.ts';
import { Notices } from './notice.ts';
import { currentMode, watchMode } from './palette.ts';
import { Player } from './play.ts';
import type { Plotly } from './plotly.ts';
import { PlayBar } from './play_bar.ts';
import { isFinite } from './tensor.ts';
import { inWords } from './token_rows.ts';
import { isPoint, sameValue } from './value.ts';
import { Vocabularies } from './vocabulary.ts';
import { makeView, type View } from './views/index.ts';

/** What differs between a page and a kernel. */
export interface Host {
  /** The engine, started on the first call; a failed start may be tried again. */
  engine(): Promise<Engine>;
  plotly(): Promise<Plotly>;
  /** A long vocabulary that the spec only names. */
  vocabulary(key: string): Promise<string[]>;
  /** ms of steps in one slice while playing. */
  budget: number;
  /** Ask for the next slice before this one is drawn (the page: another thread computes). */
  overlap: boolean;
  /** The page: the address of this state, and where to keep it. */
  link?(values: Values, step: number): string;
  settled?(values: Values, step: number): void;
}
export type State = 'first' | 'loading' | 'ready' | 'error';
export interface First { values: Values; outputs: Outputs; step: number; words?: Record<string, Record<number, string>> }

export class Figure {
  readonly element: HTMLElement;
  readonly notices = new Notices();
  values: Values;
  step: number;
  outputs: Outputs;
  state: State = 'first';
  /** Resolves when the engine can compute. */
  readonly engineReady: Promise<void>;

  private engineIsReady!: () => void;
  private readonly controls = new Map<string, Control>();
  private readonly vocabularies: Vocabularies;
  private readonly views: View[];
  private readonly challenges: Challenges;
  private readonly player: Player | null;
  private readonly bar: PlayBar | null;
  private readonly caption = h('p', { class: 'lk-caption' });
  private readonly spoken = h('p', { class: 'lk-hidden', 'aria-live': 'polite' });
  private readonly meantGaps: Set<string>; // arrays with gaps by design
  private readonly endings: (() => void)[] = [];
  private wanted: 'run' | 'reset' | null = null;
  private busy = false;
  private asked = 0; // when the newest change was made
  private touched = false; // by the reader or a link
  private visible = true;
  private motion = 0; // the animation under way
  private speakLater = 0;
  private readonly solved: string[] = []; // not yet spoken of
  private disposed = false;
  private shown: Values; // the control values that `outputs` belong to

  constructor(readonly spec: Spec, first: First, private readonly host: Host) {
    this.values = { ...first.values };
    this.shown = { ...first.values };
    this.outputs = first.outputs;
    this.step = this.taken = first.step;
    this.engineReady = new Promise((ready) => { this.engineIsReady = ready; });
    this.meantGaps = new Set(Object.keys(first.outputs).filter((name) => first.outputs[name]!.shape.length && !isFinite(first.outputs[name]!)));

    const moved = (name: string, value: Value, settled: boolean) => this.moved(name, value, settled);
    this.vocabularies = new Vocabularies(spec, first.words ?? {}, host.vocabulary);
    const context = { plotly: host.plotly, mode: currentMode(), vocabulary: this.vocabularies.of, controls: spec.controls, moved };
    this.views = spec.views.map((view) => makeView(view, context));
    for (const control of spec.controls) {
      const onChart = spec.views.some((view) => view.kind === 'chart' && view.pad === control.name);
      this.controls.set(control.name, makeControl(control, (value, settled) => moved(control.name, value, settled), { onChart, vocabulary: this.vocabularies.of }));
    }
    this.challenges = new Challenges(spec.name, spec.challenges, (challenge) => void this.showMe(challenge));
    this.player = spec.play && new Player(spec.play, host.budget);
    this.bar = spec.play && new PlayBar(spec.play, {
      play: () => (this.player!.playing ? this.pause() : this.play()),
      step: () => this.stepOnce(),
      speed: (index) => { this.player!.speed = index; this.player!.rest(); },
    });
    this.element = this.build();
    this.setMode();
    this.showControls();
    this.draw(false);
    this.endings.push(watchMode(() => this.setMode()));
    let near = true;
    const onScreen = new IntersectionObserver((entries) => { near = entries.at(-1)!.isIntersecting; hidden(); }, { rootMargin: '100px' });
    const hidden = () => this.setVisible(near && !document.hidden);
    onScreen.observe(this.element);
    document.addEventListener('visibilitychange', hidden);
    this.endings.push(() => onScreen.disconnect(), () => document.removeEventListener('visibilitychange', hidden));
  }

  // ------------------------------------------------------------ what the reader, tests and hosts can do

  set(values: Values) {
    this.touched = true;
    Object.assign(this.values, values);
    this.showControls(true);
    this.want('run');
  }
  play() {
    if (!this.player) return;
    this.touched = true;
    if (this.spec.play!.until !== null && this.step >= this.spec.play!.until) this.want('reset');
    this.player.play();
    this.playChanged();
  }
  pause() {
    const active = this.player?.active;
    this.player?.pause();
    this.playChanged();
    if (active) { this.draw(false); this.settled(); }
  }
  stepOnce() { this.goTo(this.taken + 1); }
  /** Plays to this step, as fast as it goes. */
  goTo(step: number) {
    this.touched = true;
    this.player?.goTo(step);
    this.playChanged();
    this.bar?.show(this.step, step);
  }
  /** A link: these values, and then this step. */
  follow(values: Values, step: number) {
    this.touched = true;
    this.motion++;
    this.player?.pause();
    Object.assign(this.values, values);
    this.showControls(true);
    this.want(this.spec.play ? 'reset' : 'run');
    if (step) this.goTo(step);
    else this.playChanged();
  }
  reset() {
    this.motion++;
    this.values = Object.fromEntries(this.spec.controls.map((control) => [control.name, control.value]));
    this.showControls(true);
    this.player?.pause();
    this.want(this.spec.play ? 'reset' : 'run');
    this.playChanged();
    this.settled();
  }
  /** The time to load what is heavy: charts and the engine. */
  approach() {
    void this.drawCharts().then(() => this.start()).catch(() => {}); // first what is seen, then the larger engine
  }
  /** Charts alone, for a page that is to be printed. */
  drawCharts(): Promise<unknown> {
    return Promise.all(this.views.map((view) =>
      view.approach?.().then(() => this.announce(0), (error) => this.failed('chart', error, () => this.approach()))));
  }
  /** A result that was not asked for here: another view of the same model, or code in the kernel. */
  accept(values: Values, result: Result | null) {
    if (!this.wanted) {
      Object.assign(this.values, values);
      this.showControls();
    }
    if (!result) return;
    this.taken = result.step;
    this.receive(result, values);
  }
  /** What is wrong with a text for this control, or null; asked when the engine is ready. */
  readonly refuse = (control: string, text: string): string | null => this.controls.get(control)?.refuse?.(text) ?? null;
  /** What programs are fed at these values; throws for a text that its control refuses. */
  feeds(values: Values): Feeds {
    const feed = (name: string, value: Value) => (typeof value === 'string' ? this.controls.get(name)!.feed!(value) : value);
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, feed(name, value)]));
  }
  dispose() {
    this.disposed = true;
    this.motion++;
    this.player?.pause();
    clearTimeout(this.speakLater);
    this.endings.forEach((end) => end());
    this.views.forEach((view) => view.dispose?.());
  }

  // ------------------------------------------------------------ computing: one call in flight, the newest values win

  private want(what: 'run' | 'reset') {
    this.wanted = this.wanted === 'reset' ? 'reset' : what;
    this.asked = performance.now();
    void this.pump();
  }

  private start(): Promise<Engine> {
    if (this.state === 'first' || this.state === 'error') this.setState('loading');
    return Promise.all([this.host.engine(), this.vocabularies.load()]).then(([engine]) => {
      if (this.state !== 'ready') this.setState('ready');
      this.notices.clear('engine');
      this.engineIsReady();
      return engine;
    }, (error) => {
      this.failed('engine', error, () => { this.wanted ??= 'run'; void this.pump(); });
      throw error;
    });
  }

  private async pump() {
    if (this.busy || this.disposed) return;
    this.busy = true;
    try {
      while (!this.disposed && (this.wanted || this.running)) {
        const engine = await this.start();
        if (this.wanted) await this.compute(engine);
        else await this.advance(engine);
        if (!this.wanted && !this.running) await this.catchUp();
      }
    } catch {
      this.player?.pause(); // start() and call() have said why
    } finally {
      this.busy = false;
      this.playChanged(false);
    }
  }
  /** What was moved during the last slice of steps came too late for it. */
  private async catchUp() {
    await this.drawn;
    if (this.spec.controls.every(({ name }) => sameValue(this.shown[name], this.values[name]))) return;
    this.wanted ??= 'run';
    this.asked = performance.now();
  }
  private get running() { return this.player?.active === true && this.visible; }

  private async compute(engine: Engine) {
    const what = this.wanted!;
    const asked = this.asked;
    this.wanted = null;
    if (what === 'reset') this.restart();
    const values = { ...this.values };
    const result = await this.call(engine[what](values));
    await this.drawn;
    this.taken = result.step;
    this.receive(result, values, asked);
  }

  private taken: number; // steps computed: while playing on a page one slice further than what is drawn
  private drawn: Promise<void> = Promise.resolve();

  private async advance(engine: Engine) {
    const player = this.player!;
    const slice = player.finished(this.taken) ? null : player.next(this.taken);
    if (!slice) {
      await this.drawn;
      if (player.finished(this.taken)) this.pause();
      else await frame();
      return;
    }
    const began = performance.now();
    const values = { ...this.values };
    const result = await this.call(engine.advance(values, slice));
    player.measured(result.step - this.taken, performance.now() - began);
    this.taken = result.step;
    await this.drawn; // the slice before
    this.drawn = frame().then(() => this.receive(result, values));
    if (!this.host.overlap) await this.drawn;
  }

  private async call(answer: Promise<Result>): Promise<Result> {
    try {
      const result = await answer;
      this.notices.clear('compute');
      return result;
    } catch (error) {
      if ((error as Error).name !== 'Gone') this.notices.say('compute', `This state could not be computed: ${reason(error)}`, { tone: 'warning', action: { label: 'Retry', act: () => this.want('run') } });
      throw error;
    }
  }

  private restart() {
    this.views.forEach((view) => view.restart?.());
    this.step = 0;
  }

  /** Outputs arrived: show them. */
  private receive(result: Result, values: Values, asked = performance.now()) {
    if (this.disposed) return;
    if (result.step < this.step) this.restart();
    this.outputs = result.outputs;
    this.shown = values;
    this.step = result.step;
    this.draw(this.player?.active ?? false);
    this.announce(performance.now() - asked);
    if (this.player?.active && this.broken().length) {
      this.notices.say('stopped', `Playing stopped: ${this.broken().map((name) => this.nameOf(name)).join(', ')} is not finite any more.`, { tone: 'warning' });
      this.pause();
    } else if (this.player?.finished(this.step)) this.pause();
  }

  // ------------------------------------------------------------ showing

  private draw(moving: boolean) {
    for (const view of this.views) view.draw(this.outputs, this.step, moving);
    const sentence = fill(this.spec.describe, this.lookup);
    if (sentence !== this.caption.textContent) this.caption.textContent = sentence;
    this.bar?.show(this.step, this.player!.seeking);
    if (this.touched) this.solved.push(...this.challenges.check(this.outputs));
    this.sayBroken();
    clearTimeout(this.speakLater);
    if (!moving && this.touched) this.speakLater = window.setTimeout(() => this.speak(), 600);
  }

  /** What a reader who does not see the figure hears, once it stands still. */
  private speak() {
    const news = this.solved.splice(0).map((text) => `Solved: ${text} `);
    this.spoken.textContent = news.join('') + this.caption.textContent;
  }

  private announce(ms: number) {
    this.element.dispatchEvent(new CustomEvent('likely:drawn', { bubbles: true, detail: { values: { ...this.shown }, step: this.step, ms } }));
  }

  private readonly lookup: Lookup = (name, code, index) => {
    const control = this.controls.get(name);
    if (control) {
      const value = this.shown[name]!;
      if (isPoint(value)) return control.words(value, code || undefined, index);
      return code && typeof value !== 'string' ? formatNumber(Number(value), code) : control.words(value);
    }
    const tensor = this.outputs[name];
    if (!tensor) return `{${name}}`;
    for (const view of this.views) {
      const text = view.says?.(name, this.outputs, index);
      if (text !== undefined) return text;
    }
    return tensor.dtype === 'bool' ? (tensor.data[index ?? 0] ? 'yes' : 'no') : formatNumber(tensor.data[index ?? 0]!, code);
  };

  /** Outputs with a number that is none, beyond the gaps that the author meant. */
  private broken(): string[] {
    return Object.keys(this.outputs).filter((name) => !this.meantGaps.has(name) && !isFinite(this.outputs[name]!));
  }
  private sayBroken() {
    const names = this.broken();
    if (!names.length) {
      this.notices.clear('broken');
      if (!this.player?.active && this.wanted === null) this.notices.clear('stopped');
      return;
    }
    const where = this.spec.controls.map((control) => `${control.label} = ${this.controls.get(control.name)!.words(this.shown[control.name]!)}`).join(', ');
    const what = names.map((name) => this.nameOf(name)).join(', ');
    this.notices.say('broken', `${what} ${names.length > 1 ? 'are' : 'is'} not finite${where ? ` at ${where}` : ''}.`, { tone: 'warning' });
  }
  private nameOf(output: string): string {
    for (const view of this.spec.views) {
      if (view.kind === 'table') {
        const column = view.columns.find((one) => one.output === output);
        if (column) return `${view.label}: ${column.heading}`;
        continue;
      }
      if (view.kind !== 'chart' && view.output === output) return view.label;
      if (view.kind === 'tokens' && view.values === output) return `${view.label}: ${inWords(output)}`;
      if (view.kind !== 'chart') continue;
      const bound = [...view.bindings, ...view.history].find((binding) => binding.output === output);
      const name = bound && (view.figure.data[bound.trace] as { name?: string } | undefined)?.name;
      if (name) return name;
    }
    return output;
  }

  private showControls(afresh = false) {
    for (const [name, control] of this.controls) control.show(this.values[name] as Value, afresh);
    for (const view of this.views) view.showValues?.(this.values);
  }
  private setMode() {
    const mode = currentMode();
    this.element.dataset.lkTheme = mode;
    this.views.forEach((view) => view.setMode?.(mode));
  }
  private setState(state: State) {
    this.state = state;
    this.element.dataset.lkState = state;
  }
  private failed(topic: string, error: unknown, retry: () => void) {
    if (topic === 'engine') this.setState('error');
    const what = topic === 'engine' ? 'The figure stays at its first state' : 'The chart is missing';
    this.notices.say(topic, `${what}: ${reason(error)}.`, { tone: 'warning', action: { label: 'Retry', act: retry } });
  }
  private setVisible(visible: boolean) {
    if (visible === this.visible) return;
    this.visible = visible;
    this.player?.rest();
    if (visible) void this.pump();
  }
  private playChanged(go = true) {
    this.bar?.playing(this.player!.playing);
    if (go) {
      if (this.player?.active) this.notices.clear('stopped');
      void this.pump();
    }
  }

  // ------------------------------------------------------------ the reader moves something

  private moved(name: string, value: Value, settled: boolean) {
    this.touched = true;
    this.motion++;
    if (!sameValue(this.values[name], value)) {
      this.values[name] = value;
      if (isPoint(value)) this.showControls(); // it is seen in two places
      const restarts = this.spec.play?.restarts.includes(name);
      if (!this.player?.active || restarts) this.want('run');
    }
    if (settled) this.settled();
  }
  private settled() {
    if (!this.player?.active) this.host.settled?.(this.values, this.step);
  }

  /** Moves the controls to a solution, and plays there where it takes steps. */
  private async showMe({ solved_by, steps }: ChallengeSpec) {
    this.touched = true;
    this.player?.pause();
    const turn = ++this.motion;
    const from = { ...this.values };
    const gliding = this.spec.controls.filter(({ kind, name }) => (kind === 'slider' || kind === 'pad') && name in solved_by);
    const began = performance.now();
    const along = () => (calmMotion() ? 1 : Math.min(1, (performance.now() - began) / 400));
    for (let t = along(); t < 1 && gliding.length; t = along()) {
      const eased = t * t * (3 - 2 * t);
      for (const control of gliding) this.values[control.name] = between(control, from[control.name]!, solved_by[control.name]!, eased);
      this.showControls();
      if (!this.spec.play) this.want('run');
      await frame();
      if (turn !== this.motion) return;
    }
    Object.assign(this.values, solved_by);
    this.showControls(true);
    this.want(this.spec.play && steps ? 'reset' : 'run');
    if (steps) this.goTo(steps);
    else this.settled();
  }

  private build(): HTMLElement {
    const { spec } = this;
    const pick = (wanted: (kind: string) => boolean) => this.views.filter((_, i) => wanted(spec.views[i]!.kind)).map((view) => view.element);
    const stage = pick((kind) => kind !== 'readout'), readouts = pick((kind) => kind === 'readout');
    const tall = spec.views.some(({ kind }) => kind === 'chart' || kind === 'image' || kind === 'table');
    const copied = h('span', { class: 'lk-hidden', role: 'status' });
    const copy = h('button', { type: 'button', class: 'lk-button lk-quiet', click: () => void this.copyLink(copy, copied) }, 'Copy link');
    const tools = h('div', { class: 'lk-tools' }, h('button', { type: 'button', class: 'lk-button lk-quiet', click: () => this.reset() }, 'Reset'), ...(this.host.link ? [copy, copied] : []));
    const kept = (typed: boolean) => spec.controls.filter(({ kind }) => (kind === 'text') === typed).map(({ name }) => this.controls.get(name)!.element);
    const controls = kept(false), typed = kept(true); // what is typed stands above what it brings about
    const hands = [
      ...(readouts.length ? [h('div', { class: 'lk-readouts' }, ...readouts)] : []),
      ...(this.bar ? [this.bar.element] : []),
      ...(controls.length ? [h('div', { class: 'lk-controls' }, ...controls)] : [])];
    const side = hands.length ? [h('div', { class: 'lk-side' }, ...hands)] : [];
    const beside = stage.length && hands.length && (tall || controls.length <= 3); // a few lines of text have no room beside them
    return h('figure', { class: 'lk-figure', role: 'group', 'aria-label': spec.title, 'data-lk-state': 'first' },
      h('div', { class: 'lk-head' }, h('div', { class: 'lk-title' }, spec.title), tools),
      this.notices.element,
      ...(typed.length ? [h('div', { class: 'lk-typed' }, ...typed)] : []),
      h('div', { class: beside ? 'lk-body lk-beside' : 'lk-body' }, ...(stage.length ? [h('div', { class: 'lk-stage' }, ...stage)] : []), ...side),
      h('div', { class: 'lk-say' }, this.caption, this.spoken), // no figcaption: a figure with one cannot be a group
      ...(spec.challenges.length ? [this.challenges.element] : []));
  }

  private async copyLink(button: HTMLElement, copied: HTMLElement) {
    const address = this.host.link!(this.values, this.step);
    let done = true;
    try {
      await navigator.clipboard.writeText(address);
    } catch {
      const area = h('textarea', { class: 'lk-hidden', 'aria-hidden': 'true' });
      area.value = address;
      this.element.append(area);
      area.select();
      done = document.execCommand('copy');
      area.remove();
    }
    button.textContent = done ? 'Copied' : 'Not copied';
    copied.textContent = done ? 'The link to this state is copied.' : `The browser does not let this page copy. The link: ${address}`;
    setTimeout(() => { button.textContent = 'Copy link'; }, 1500);
  }
}

/** On the way from one value to another, `part` 0 to 1. */
function between(control: ControlSpec, a: Value, b: Value, part: number): Value {
  if (isPoint(a) && isPoint(b)) return [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part];
  const [from, to] = [Number(a), Number(b)];
  const at = control.kind === 'slider' && control.scale === 'log' ? from * (to / from) ** part : from + (to - from) * part;
  return control.kind === 'slider' && control.integer ? Math.round(at) : at;
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
