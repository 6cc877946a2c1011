// The page's engine: one Worker for all figures, woken when the first of them needs it.
import type { ArrayRef, Engine, Feeds, Manifest, ProgramRef, Result, Slice, Values } from './contract.ts';
import { base, forget, load } from './payload.ts';
import { arrayKey } from './tensor.ts';

export interface Programs { look: ProgramRef; init: ProgramRef | null; step: ProgramRef | null }
type Message =
  | { type: 'prepare' | 'start'; vendor: string }
  | { type: 'open'; programs: Programs; graphs: Record<string, ArrayBuffer>; arrays: ArrayRef[]; files: Record<string, ArrayBuffer> }
  | { type: 'run' | 'reset'; values: Feeds }
  | { type: 'advance'; values: Feeds; by: Slice }
  | { type: 'wake'; program: keyof Programs }
  | { type: 'sleep' | 'close' };
export type Call = Message & { id: number; figure: string };
export interface Answer { id: number; value?: Result | void; error?: string }

let worker: Worker | undefined;
let started: Promise<unknown> | undefined;
let calls = 0;
const waiting = new Map<number, { done: (value: any) => void; failed: (error: Error) => void }>();

function ask(figure: string, message: Message, moved: Transferable[] = []): Promise<any> {
  if (!worker) {
    worker = new Worker(`${base}worker.js`, { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const call = waiting.get(data.id);
      waiting.delete(data.id);
      data.error === undefined ? call?.done(data.value) : call?.failed(new Error(data.error));
    };
    worker.onerror = (event) => fail(new Error(event.message || 'the worker did not load'));
  }
  return new Promise((done, failed) => {
    const id = ++calls;
    waiting.set(id, { done, failed });
    worker!.postMessage({ ...message, id, figure }, moved);
  });
}

/** The worker is lost: every call fails, and the next one starts another worker. */
function fail(error: Error) {
  worker?.terminate();
  worker = started = undefined;
  sent.clear();
  generation++;
  for (const { failed } of waiting.values()) failed(error);
  waiting.clear();
}
let generation = 0;

/** Starts the Worker and its runtime, once; a failed start can be tried again. */
function start(vendor: string): Promise<unknown> {
  started ??= ask('', { type: 'start', vendor }).catch((error) => {
    fail(error);
    throw error;
  });
  return started;
}

const sent = new Set<string>(); // graphs and widened arrays that the worker has

/** The figures that hold sessions, the longest unused first. */
const awake: PageEngine[] = [];
const restAbove = 4;

let engines = 0;

export class PageEngine implements Engine {
  private readonly key = `figure ${++engines}`;
  private opened: Promise<void> | null = null;
  private generation = -1;
  /** Figures out of sight give up their sessions first. */
  visible = true;

  /** `feeds`: what programs are fed at some values. */
  constructor(private readonly manifest: Manifest, private readonly vendor: string, private readonly feeds: (values: Values) => Feeds) {}

  /** Starts the Worker with what is small, so that the rest need not wait for it. */
  prepare() {
    if (!started) ask('', { type: 'prepare', vendor: this.vendor }).catch(() => {});
  }

  /** Loads runtime, graphs and weights. */
  open(): Promise<void> {
    if (this.generation !== generation) this.opened = null;
    this.generation = generation;
    this.opened ??= this.load().catch((error) => {
      this.opened = null;
      throw error;
    });
    return this.opened;
  }

  private async load() {
    const { look, init, step, arrays } = this.manifest;
    const programs = { look, init, step };
    const graphHashes = [look, init, step].flatMap((program) => (program ? [program.graph] : []));
    const keys = [...graphHashes, ...arrays.map(arrayKey)];
    const missing = () => [...new Set([...graphHashes.filter((hash) => !sent.has(hash)), ...arrays.filter((ref) => !sent.has(arrayKey(ref))).map((ref) => ref.file)])];
    const runtime = start(this.vendor);
    runtime.catch(() => {}); // met below, after the files
    const bytes = new Map(await Promise.all(missing().map(async (hash) => [hash, await load(hash)] as const)));
    await runtime;
    const graphs: Record<string, ArrayBuffer> = {};
    const files: Record<string, ArrayBuffer> = {};
    for (const hash of missing()) { // another figure may have sent some meanwhile
      (graphHashes.includes(hash) ? graphs : files)[hash] = bytes.get(hash) ?? (await load(hash));
      forget(hash);
    }
    keys.forEach((key) => sent.add(key));
    try {
      await ask(this.key, { type: 'open', programs, graphs, arrays, files }, [...Object.values(graphs), ...Object.values(files)]);
    } catch (error) {
      keys.forEach((key) => sent.delete(key));
      throw error;
    }
    // Sessions take a moment each: made now, one by one, they do not keep the first move waiting.
    this.use();
    for (const program of ['look', 'init', 'step'] as const) if (programs[program]) ask(this.key, { type: 'wake', program }).catch(() => {});
  }

  /** Marks this figure as the last one used, and lets go of another that is out of sight. */
  private use() {
    const at = awake.indexOf(this);
    if (at >= 0) awake.splice(at, 1);
    awake.push(this);
    const idle = awake.find((engine) => engine !== this && !engine.visible);
    if (awake.length > restAbove && idle) idle.sleep();
  }

  private async call(message: () => Message): Promise<Result> {
    await this.open();
    this.use();
    return ask(this.key, message());
  }

  private sleep() {
    awake.splice(awake.indexOf(this), 1);
    void ask(this.key, { type: 'sleep' });
  }

  run(values: Values) { return this.call(() => ({ type: 'run', values: this.feeds(values) })); }
  reset(values: Values) { return this.call(() => ({ type: 'reset', values: this.feeds(values) })); }
  advance(values: Values, by: Slice) { return this.call(() => ({ type: 'advance', values: this.feeds(values), by })); }

  dispose() {
    const at = awake.indexOf(this);
    if (at >= 0) awake.splice(at, 1);
    if (worker && this.opened) void ask(this.key, { type: 'close' }).catch(() => {});
  }
}
