// What Python writes and the front end reads. The Python side is `likely.explorable` (spec.py, payload.py); change both together.

/** A figure as its author described it: the same in a kernel and on the page. */
export interface Spec {
  name: string; // unique in the book; also the element's id and the key in the URL fragment
  title: string;
  controls: ControlSpec[];
  views: ViewSpec[];
  /** The long vocabularies, which views and controls name by key: here (a kernel), or the keys, each a file (a page). */
  vocabularies: Record<string, string[]> | string[];
  challenges: ChallengeSpec[];
  describe: string; // "KL is {kl:.2f} nats at mean {mu:.1f}, of {scores[0]:.2f}": outputs and controls, Python format codes f, g, d, e, %
  play: PlaySpec | null; // null: the figure has no state
  outputs: Record<string, { dtype: DType; shape: number[] }>;
}

export type DType = 'float32' | 'int32' | 'uint32' | 'bool';

/** `value` is the default. What a program is fed: slider float32 or int32, pad float32 of shape (2,), points float32 of shape (count, 2),
 *  toggle bool, choice int32 (its index), text int32 of shape (length,), the ids of its tokens and then -1, seed int32. */
export type ControlSpec =
  | SliderSpec
  | { kind: 'pad'; name: string; label: string; value: Point; x: SliderSpec; y: SliderSpec }
  | PointsSpec
  | { kind: 'toggle'; name: string; label: string; value: boolean }
  | { kind: 'choice'; name: string; label: string; value: number; options: string[] }
  | { kind: 'text'; name: string; label: string; value: string; vocabulary: VocabularyRef; length: number; tokeniser: 'words' | 'chars' | 'bpe'; separators: string[]; empty: boolean }
  | { kind: 'seed'; name: string; label: string; value: number; max: number };
export interface SliderSpec { kind: 'slider'; name: string; label: string; value: number; min: number; max: number; step: number; scale: 'linear' | 'log'; integer: boolean; unit: string; format: string }
/** A value is the name of a preset, or packed points (points.ts): at most `most` of them. */
export interface PointsSpec { kind: 'points'; name: string; label: string; value: string; presets: { name: string; points: string }[]; count: number; most: number; x: GridSpec; y: GridSpec }
/** A coordinate's places 0 to `steps`: the numbers (low + place) * times / over. */
export interface GridSpec { label: string; min: number; max: number; low: number; steps: number; times: number; over: number }
export type Point = readonly [number, number];
export type Value = number | boolean | string | Point;
export type Values = Record<string, Value>;
/** What programs are fed: a text as the ids of its tokens, points as their numbers, other values as they are. */
export type Feeds = Record<string, Exclude<Value, string> | number[]>;

export type ViewSpec =
  | { kind: 'chart'; label: string; figure: { data: object[]; layout: object }; height: number;
      /** output -> one attribute of one trace, e.g. { output: 'q', trace: 1, attr: 'y' } */
      bindings: { output: string; trace: number; attr: string }[];
      /** scalar output -> a trace that grows while the figure plays: x is the step, y the value */
      history: { output: string; trace: number }[];
      /** a control of kind pad whose point is dragged within the axes */
      pad: string | null }
  | { kind: 'readout'; output: string; label: string; unit: string; format: string; role: Role }
  | { kind: 'image'; output: string; label: string; columns: number; range: [number, number]; scale: number; palette: 'grey' | 'diverging' | 'sequential'; captions: string[] }
  /** token ids (length,) or (rows, length); a row ends before its first `stop`; values: a float32 output with one value a token */
  | { kind: 'tokens'; output: string; label: string; vocabulary: VocabularyRef; values: string | null; unit: string; range: [number, number]; stop: number | null; format: string; role: Role }
  | { kind: 'table'; label: string; columns: ColumnSpec[] };

/** One element a row: token ids with a vocabulary, or numbers. */
export interface ColumnSpec { output: string; heading: string; vocabulary: VocabularyRef | null; unit: string; format: string; bar: boolean; range: [number, number]; role: Role; }
/** The text of each id, or the key of a long vocabulary: the SHA-256 of its JSON. */
export type VocabularyRef = string[] | string;

/** What a colour means, the same across the course (tokens.json). */
export type Role = 'data' | 'model' | 'noise' | 'error' | 'plain';

export interface ChallengeSpec { text: string; output: string; solved_by: Values; steps: number; } // output: a bool output; steps: play this many first
export interface PlaySpec { speeds: { label: string; steps_per_second: number | null }[]; speed: number; until: number | null; restarts: string[] } // null: as fast as it goes; until: stops there

export type Array_ = Float32Array | Int32Array | Uint32Array | Uint8Array;
export interface Tensor { dtype: DType; shape: number[]; data: Array_; } // bool as Uint8Array of 0 and 1
export type Outputs = Record<string, Tensor>;

/** Who computes: the kernel (XLA) or a Worker on the page (ONNX). Both sides of this line behave the same. */
export interface Engine {
  /** Outputs at these control values. Of several calls in flight only the newest need resolve with its own result.
   *  A control that `init` takes as an input (Spec.play.restarts) sets where a run starts: when one of them changed since the last call,
   *  the state is made anew by `init` and the result's step is 0; other controls act on the state as it is. */
  run(values: Values): Promise<Result>;
  /** Figures with state: take steps (a number, or as many as fit into a budget of milliseconds, but never more than `most`), then look. */
  advance(values: Values, by: Slice): Promise<Result>;
  /** Figures with state: back to step 0 with these values. */
  reset(values: Values): Promise<Result>;
  dispose(): void;
}
export interface Result { outputs: Outputs; step: number; }
export type Slice = { steps: number } | { budget: number; most: number };

// ---------------------------------------------------------------- the page: files in the site, each named by the SHA-256 of its plain bytes

/** `<likely-figure src="<hash>">`; `_static/likely/figures/<hash>.bin` is this as JSON. Each .bin is gzipped (bytes 1f 8b) unless a server unpacked it. */
export interface Manifest {
  spec: Spec;
  first: { values: Values; outputs: Record<string, { dtype: DType; shape: number[]; data: string }>; step: number; // data: base64, little endian
    words: Record<string, Record<number, string>> }; // what of each long vocabulary these outputs show
  look: ProgramRef;
  init: ProgramRef | null; // with state only
  step: ProgramRef | null;
  arrays: ArrayRef[]; // the model's weights
}
/** inputs: 'control:mu', 'state:0', 'array:3'; outputs: 'output:kl', 'state:0'. Ports stand in the order of the ONNX graph's inputs and outputs,
 *  whose own names may differ (a graph cannot use 'state:0' twice). */
export interface ProgramRef { graph: string; inputs: Port[]; outputs: Port[]; }
export interface Port { name: string; dtype: DType; shape: number[]; }
/** int8: value = data * scale + zero, per array. float16 and int8 are widened to float32 on load. */
export interface ArrayRef { file: string; shape: number[]; stored: 'float32' | 'float16' | 'int8' | 'int32' | 'uint32' | 'bool'; scale: number; zero?: number; }

// ---------------------------------------------------------------- the kernel: an anywidget model
// Synced traits: `spec` (Spec), `result` ({ id, step, error?: string, outputs: {name: {dtype, shape, data: DataView}} }), and one trait per control, named as the control.
// Setting control traits + save_changes() makes the kernel compute and set `result` (ipywidgets keeps one message in flight, the newest wins).
// Custom messages to the kernel: { type: 'advance', id, steps | budget + most, values } and { type: 'reset', id, values } -> `result` with that id;
// { type: 'hello' } -> { type: 'hello' } (is a kernel there?); { type: 'plotly' } -> { type: 'plotly' } with one binary buffer: Plotly as a UMD script.
