// The values of controls.
import type { Point, Value } from './contract.ts';

export const isPoint = (value: Value | undefined): value is Point => Array.isArray(value);

export const sameValue = (a: Value | undefined, b: Value | undefined) =>
  a === b || (isPoint(a) && isPoint(b) && a[0] === b[0] && a[1] === b[1]);
