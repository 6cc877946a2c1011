// What the reader sees. A new kind of view: a file here, a line in `makers`, a member of ViewSpec.
import type { ControlSpec, Outputs, Value, Values, ViewSpec, VocabularyRef } from '../contract.ts';
import type { Mode } from '../palette.ts';
import type { Plotly } from '../plotly.ts';
import type { Vocabulary } from '../vocabulary.ts';
import { chart } from './chart.ts';
import { image } from './image.ts';
import { readout } from './readout.ts';
import { table } from './table.ts';
import { tokens } from './tokens.ts';

export interface View {
  element: HTMLElement;
  /** `moving`: the figure plays, and another picture comes in a moment. */
  draw(outputs: Outputs, step: number, moving: boolean): void;
  /** What a sentence says of an output that this view shows as text, or of a part of it. */
  says?(output: string, outputs: Outputs, index?: number): string | undefined;
  /** The controls stand here: before the outputs for it have come. */
  showValues?(values: Values): void;
  setMode?(mode: Mode): void;
  /** The figure came near the viewport: the time to load what is heavy. */
  approach?(): Promise<void>;
  /** A run started anew: what grew with it is cleared. */
  restart?(): void;
  dispose?(): void;
}
export interface ViewContext {
  plotly(): Promise<Plotly>;
  mode: Mode;
  vocabulary(ref: VocabularyRef): Vocabulary;
  controls: ControlSpec[];
  /** The reader moved a control here. */
  moved(name: string, value: Value, settled: boolean): void;
}
type Maker<K> = (spec: Extract<ViewSpec, { kind: K }>, context: ViewContext) => View;

const makers: { [K in ViewSpec['kind']]: Maker<K> } = { chart, image, readout, table, tokens };

export const makeView = (spec: ViewSpec, context: ViewContext): View => (makers[spec.kind] as Maker<any>)(spec, context);
