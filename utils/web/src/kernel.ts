// Jupyter's host, in anywidget's shape: the kernel computes. One request in flight; the model's state keeps the last outputs.
import type { Engine, Outputs, Result, Slice, Spec, Value, Values } from './contract.ts';
import { Figure } from './figure.ts';
import { plotly } from './plotly.ts';
import { toOutputs } from './tensor.ts';
import { sameValue } from './value.ts';

/** What anywidget gives of a widget's model. */
interface Model {
  get(trait: string): any;
  set(trait: string, value: unknown): void;
  save_changes(): void;
  send(content: object): void;
  on(event: string, heard: (...parts: any[]) => void): void;
  off(event: string, heard?: (...parts: any[]) => void): void;
}
interface Stored { id: string | null; step: number; error?: string | null; outputs: Parameters<typeof toOutputs>[0] }

const patience = 4000; // ms until a kernel that does not answer is taken for none

class KernelEngine implements Engine {
  private waiting: { id: string | null; since: number; done(result: Result): void; failed(error: Error): void } | null = null;
  private timer = 0;
  /** Called when an answer takes long. */
  slow = () => {};
  private calls = 0;
  private sent: Values = {}; // with the steps that are being taken
  /** The traits are being set one by one: what the model says meanwhile is neither here nor there. */
  writing = false;
  private readonly name = Math.random().toString(36).slice(2);

  constructor(private readonly model: Model, private readonly spec: Spec) {}

  run(values: Values): Promise<Result> {
    const known = this.model.get('result') as Stored | null;
    if (!this.write(values) && known && !known.error) return Promise.resolve(toResult(known)); // nothing moved
    const answer = this.wait(null);
    this.model.save_changes();
    return answer;
  }
  advance(values: Values, by: Slice): Promise<Result> { return this.ask({ type: 'advance', ...by }, values); }
  reset(values: Values): Promise<Result> { return this.ask({ type: 'reset' }, values); }
  dispose() {
    clearTimeout(this.timer);
    this.waiting = null;
  }

  /** A new `result` of the model; true when somebody here waited for it. */
  take(stored: Stored): boolean {
    const { waiting } = this;
    if (!waiting || (waiting.id !== null && waiting.id !== stored.id)) return false;
    this.waiting = null;
    this.sent = {};
    if (stored.error) waiting.failed(new Error(stored.error));
    else waiting.done(toResult(stored));
    return true;
  }
  /** The kernel went away: nobody will answer. */
  abandon() {
    this.waiting?.failed(Object.assign(new Error('no kernel answers'), { name: 'Gone' }));
    this.waiting = null;
  }
  /** The kernel answered something that was asked later: what we wait for will not come, the result that it shows is the newest. */
  overtaken(asked: number) {
    if (this.waiting && this.waiting.since < asked) this.take({ ...(this.model.get('result') as Stored), id: this.waiting.id! });
  }

  /** The kernel takes over what came with the steps that it was asked for, and says so: the reader may have moved on since. */
  echoes(name: string) { return sameValue(this.model.get(name), this.sent[name]); }

  private write(values: Values): boolean {
    let changed = false;
    this.writing = true;
    for (const { name } of this.spec.controls) {
      if (sameValue(this.model.get(name), values[name])) continue;
      this.model.set(name, values[name]);
      changed = true;
    }
    this.writing = false;
    return changed;
  }
  private ask(content: object, values: Values): Promise<Result> {
    this.sent = values;
    const id = `${this.name}-${++this.calls}`;
    const answer = this.wait(id);
    this.model.send({ ...content, values, id });
    return answer;
  }
  private wait(id: string | null): Promise<Result> {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => { if (this.waiting) this.slow(); }, patience);
    return new Promise((done, failed) => { this.waiting = { id, since: performance.now(), done, failed }; });
  }
}

const toResult = ({ outputs, step }: Stored): Result => ({ outputs: toOutputs(outputs) as Outputs, step });

/** Plotly's script out of the installed package: one binary message for the whole page. */
function plotlyFrom(model: Model) {
  return plotly(() => new Promise<string>((found, failed) => {
    const timer = setTimeout(() => { model.off('msg:custom', heard); failed(new Error('no kernel sent the chart library: run this cell')); }, 20000);
    const heard = (content: { type?: string }, buffers?: DataView[]) => {
      if (content?.type !== 'plotly' || !buffers?.[0]) return;
      clearTimeout(timer);
      model.off('msg:custom', heard);
      const { buffer, byteOffset, byteLength } = buffers[0];
      found(URL.createObjectURL(new Blob([new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength)], { type: 'text/javascript' })));
    };
    model.on('msg:custom', heard);
    model.send({ type: 'plotly' });
  }));
}

function render({ model, el }: { model: Model; el: HTMLElement }) {
  const spec = model.get('spec') as Spec;
  const stored = () => model.get('result') as Stored | null | undefined;
  const values = () => Object.fromEntries(spec.controls.map(({ name }) => [name, model.get(name) as Value]));
  const engine = new KernelEngine(model, spec);
  const begin = stored();
  const first = begin?.outputs ? { ...toResult(begin), values: values() } : { outputs: {}, step: 0, values: values() };
  const figure = new Figure(spec, first, {
    engine: () => Promise.resolve(engine),
    plotly: () => plotlyFrom(model),
    vocabulary: () => Promise.reject(new Error('a vocabulary is missing')), // the spec has them all
    budget: 30,
    overlap: false,
  });
  // JupyterLab's shortcuts stay away from what has the focus here: an arrow key would fold a heading, an x cut the cell.
  el.addEventListener('focusin', ({ target }) => (target as Element).setAttribute('data-lm-suppress-shortcuts', 'true'));
  el.replaceChildren(figure.element);
  (figure.element as HTMLElement & { figure?: Figure }).figure = figure;

  // Results and control values may also come from another view of this model, or from code.
  const onResult = () => {
    const now = stored();
    if (!now || engine.take(now)) return;
    if (now.error) figure.notices.say('compute', `This state could not be computed: ${now.error}`, { tone: 'warning' });
    else { figure.notices.clear('compute'); figure.accept(values(), toResult(now)); }
  };
  const onControl = (name: string) => {
    if (!engine.writing && !engine.echoes(name)) figure.accept({ [name]: model.get(name) as Value }, null);
  };

  // Is a kernel there? A reopened notebook has none; a restarted kernel has forgotten us.
  let timer = 0, helloAt = 0;
  const alive = () => { clearTimeout(timer); figure.notices.clear('kernel'); };
  const hello = () => {
    clearTimeout(timer);
    timer = window.setTimeout(gone, patience);
    helloAt = performance.now();
    try { model.send({ type: 'hello' }); } catch { gone(); }
  };
  const gone = () => {
    clearTimeout(timer);
    engine.abandon();
    figure.notices.say('kernel', 'No kernel answers: run this cell to bring the figure to life. (A busy kernel answers when its cell is done.)', { tone: 'info', action: { label: 'Try again', act: hello } });
  };
  const onMessage = (content: { type?: string }) => { if (content?.type === 'hello') { alive(); engine.overtaken(helloAt); } };

  engine.slow = hello;

  const listeners: [string, (...parts: any[]) => void][] = [
    ['change:result', onResult], ['change:result', alive], ['msg:custom', onMessage], ['comm:close', gone], ['comm_live_update', hello],
    ...spec.controls.map(({ name }) => [`change:${name}`, () => onControl(name)] as [string, () => void]),
  ];
  for (const [event, heard] of listeners) model.on(event, heard);
  hello();
  const near = new IntersectionObserver((entries) => { if (entries.at(-1)!.isIntersecting) { near.disconnect(); figure.approach(); } }, { rootMargin: '400px' });
  near.observe(el);

  return () => {
    clearTimeout(timer);
    near.disconnect();
    for (const [event, heard] of listeners) model.off(event, heard);
    engine.dispose();
    figure.dispose();
  };
}

export default { render };
