// What the reader moves. A new kind of control: a file here, a line in `makers`, a member of ControlSpec.
import type { ControlSpec, Value, VocabularyRef } from '../contract.ts';
import type { Vocabulary } from '../vocabulary.ts';
import { choice } from './choice.ts';
import { pad } from './pad.ts';
import { points } from './points.ts';
import { seed } from './seed.ts';
import { slider } from './slider.ts';
import { text } from './text.ts';
import { toggle } from './toggle.ts';

export interface Control {
  element: HTMLElement;
  /** Shows this value; does not call `moved`. `afresh`: in place of what the reader is typing, too. */
  show(value: Value, afresh?: boolean): void;
  /** This value in words, as the reader sees it beside the control; of a point in this form, and one of its coordinates by `index`. */
  words(value: Value, form?: string, index?: number): string;
  /** What is wrong with a text, or null. */
  refuse?(text: string): string | null;
  /** What a program is fed at a value that is text; throws where it is refused. */
  feed?(text: string): number[];
}
/** What a control knows of its figure. `onChart`: its point is dragged on a chart. */
export interface ControlContext { onChart: boolean; vocabulary(ref: VocabularyRef): Vocabulary }
/** `moved` hears every change by the reader; `settled` is true when a move is over (a thumb let go, a key, a click). */
export type Moved = (value: Value, settled: boolean) => void;
type Maker<K> = (spec: Extract<ControlSpec, { kind: K }>, moved: Moved, context: ControlContext) => Control;

const makers: { [K in ControlSpec['kind']]: Maker<K> } = { slider, pad, points, toggle, choice, text, seed };

export const makeControl = (spec: ControlSpec, moved: Moved, context: ControlContext): Control => (makers[spec.kind] as Maker<any>)(spec, moved, context);
