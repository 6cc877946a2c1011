// The page's one Worker: runs the figures' programs with onnxruntime-web. Weights and state stay here; outputs go back.
import type { ArrayRef, Feeds, Port, Slice } from './contract.ts';
import type { Answer, Call, Programs } from './engine.ts';
import { reason, unpacked } from './payload.ts';
import { arrayKey, fromBytes, widenHalf } from './tensor.ts';

// The part of onnxruntime-web in use.
interface OrtTensor { data: any; dims: readonly number[]; type: string }
interface Session { inputNames: readonly string[]; outputNames: readonly string[]; run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>; release(): Promise<void> }
interface Ort {
  env: { wasm: { numThreads: number; wasmPaths: string; wasmBinary: ArrayBuffer }; logLevel: string };
  Tensor: new (type: string, data: unknown, dims: readonly number[]) => OrtTensor;
  InferenceSession: { create(graph: Uint8Array, options: object): Promise<Session> };
}
let runtime: Promise<Ort> | undefined;
let ort: Ort;

/** The runtime's modules; the second is its own, which it would ask for last of all. */
const modules = (vendor: string) => Promise.all([import(`${vendor}ort.wasm.min.mjs`) as Promise<Ort>, import(`${vendor}ort-wasm-simd-threaded.mjs`)]);

async function start(vendor: string): Promise<Ort> {
  const [[module], wasm] = await Promise.all([
    modules(vendor),
    fetch(`${vendor}ort-wasm-simd-threaded.wasm.bin`).then((response) => {
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      return unpacked(response).catch(() => { throw new Error('it arrived damaged or cut short'); });
    }),
  ]).catch((error) => { throw new Error(`the runtime did not load (${reason(error)})`); });
  module.env.wasm.numThreads = 1;
  module.env.wasm.wasmPaths = vendor;
  module.env.wasm.wasmBinary = wasm;
  return module;
}

/** Sessions are shared by figures with the same graph, and let go when the last of these goes to sleep. */
const sessions = new Map<string, { session: Promise<Session>; users: Set<string> }>();
const graphs = new Map<string, Uint8Array>();
const arrays = new Map<string, OrtTensor>();

interface Figure { programs: Programs; arrays: OrtTensor[]; state: Map<string, OrtTensor> | null; started: string; step: number }
const figures = new Map<string, Figure>();

function session(figure: string, graph: string): Promise<Session> {
  let entry = sessions.get(graph);
  if (!entry) {
    const created = ort.InferenceSession.create(graphs.get(graph)!, { executionProviders: ['wasm'], logSeverityLevel: 3 });
    sessions.set(graph, (entry = { session: created, users: new Set() }));
    created.catch(() => sessions.delete(graph));
  }
  entry.users.add(figure);
  return entry.session;
}

function sleep(figure: string) {
  for (const [graph, { session, users }] of sessions) {
    if (!users.delete(figure) || users.size) continue;
    sessions.delete(graph);
    session.then((one) => one.release()).catch(() => {});
  }
}

/** Weights as stored -> float32 (or what they are); once for each array of the book. */
function widen(ref: ArrayRef, bytes: ArrayBuffer): OrtTensor {
  const { stored, shape } = ref;
  if (stored === 'float16') return new ort.Tensor('float32', Float32Array.from(new Uint16Array(bytes), widenHalf), shape);
  if (stored === 'int8') return new ort.Tensor('float32', Float32Array.from(new Int8Array(bytes), (x) => x * ref.scale + (ref.zero ?? 0)), shape);
  return new ort.Tensor(stored, fromBytes(stored, new Uint8Array(bytes)), shape);
}

function controlTensor(port: Port, value: Feeds[string]): OrtTensor {
  const kinds = { float32: Float32Array, int32: Int32Array, uint32: Uint32Array, bool: Uint8Array };
  return new ort.Tensor(port.dtype, kinds[port.dtype].from([value].flat().map(Number)), port.shape);
}

/** Runs a program; ports and the graph's own names correspond by order, for a graph cannot use one name twice. */
async function call(key: string, which: keyof Programs, values: Feeds): Promise<Map<string, OrtTensor>> {
  const figure = figures.get(key)!;
  const program = figure.programs[which]!;
  const running = await session(key, program.graph);
  const feeds: Record<string, OrtTensor> = {};
  program.inputs.forEach((port, i) => {
    const { kind, name } = split(port);
    const tensor = kind === 'control' ? controlTensor(port, values[name]!)
      : kind === 'state' ? figure.state?.get(port.name)
      : figure.arrays[Number(name)];
    if (!tensor) throw new Error(`the program asks for ${port.name}, which is not there`);
    feeds[running.inputNames[i]!] = tensor;
  });
  const made = await running.run(feeds);
  return new Map(program.outputs.map((port, i) => [port.name, made[running.outputNames[i]!]!]));
}

/** 'control:mu' -> control, mu */
function split({ name }: Port) {
  const at = name.indexOf(':');
  return { kind: name.slice(0, at), name: name.slice(at + 1) };
}

/** The values that `init` takes: when one changes, the run starts anew. */
function startOf(figure: Figure, values: Feeds): string {
  const taken = figure.programs.init?.inputs.filter((port) => port.name.startsWith('control:')) ?? [];
  return JSON.stringify(taken.map((port) => values[port.name.slice(8)]));
}

async function init(key: string, values: Feeds) {
  const figure = figures.get(key)!;
  if (!figure.programs.init) return;
  figure.state = await call(key, 'init', values);
  figure.started = startOf(figure, values);
  figure.step = 0;
}

async function ready(key: string, values: Feeds) {
  const figure = figures.get(key)!;
  if (figure.programs.init && (!figure.state || figure.started !== startOf(figure, values))) await init(key, values);
}

async function advance(key: string, values: Feeds, by: Slice) {
  const figure = figures.get(key)!;
  const most = 'steps' in by ? by.steps : by.most;
  const until = 'steps' in by ? Infinity : performance.now() + by.budget;
  for (let taken = 0; taken < most; taken++) {
    const made = await call(key, 'step', values);
    for (const [name, tensor] of made) figure.state!.set(name, tensor);
    figure.step++;
    if (performance.now() >= until) break;
  }
}

async function look(key: string, values: Feeds) {
  const figure = figures.get(key)!;
  const made = await call(key, 'look', values);
  const outputs = Object.fromEntries(figure.programs.look.outputs.map((port) =>
    [split(port).name, { dtype: port.dtype, shape: port.shape, data: made.get(port.name)!.data }]));
  return { outputs, step: figure.step };
}

async function answer(call: Call): Promise<Answer['value']> {
  const { figure: key } = call;
  switch (call.type) {
    case 'prepare':
      modules(call.vendor).catch(() => {}); // `start` says what is wrong
      return;
    case 'start':
      runtime ??= start(call.vendor);
      try {
        ort = await runtime;
      } catch (error) {
        runtime = undefined;
        throw error;
      }
      return;
    case 'open': {
      for (const [hash, bytes] of Object.entries(call.graphs)) graphs.set(hash, new Uint8Array(bytes));
      const weights = call.arrays.map((ref) => {
        const id = arrayKey(ref);
        if (!arrays.has(id)) arrays.set(id, widen(ref, call.files[ref.file]!));
        return arrays.get(id)!;
      });
      figures.set(key, { programs: call.programs, arrays: weights, state: null, started: '', step: 0 });
      return;
    }
    case 'wake':
      await session(key, figures.get(key)!.programs[call.program]!.graph);
      return;
    case 'run':
      await ready(key, call.values);
      return look(key, call.values);
    case 'advance':
      await ready(key, call.values);
      await advance(key, call.values, call.by);
      return look(key, call.values);
    case 'reset':
      await init(key, call.values);
      return look(key, call.values);
    case 'sleep':
      return sleep(key);
    case 'close':
      sleep(key);
      figures.delete(key);
      return;
  }
}

// Calls come one at a time for each figure; those of several figures take turns, for the runtime does one thing at once.
let turn: Promise<unknown> = Promise.resolve();
onmessage = ({ data }: MessageEvent<Call>) => {
  turn = turn.then(async () => {
    try {
      const value = await answer(data);
      const moved = value ? [...new Set(Object.values(value.outputs).map((tensor) => tensor.data.buffer as ArrayBuffer))] : [];
      postMessage({ id: data.id, value } satisfies Answer, { transfer: moved });
    } catch (error) {
      postMessage({ id: data.id, error: reason(error) } satisfies Answer);
    }
  });
};
