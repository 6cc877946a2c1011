// Arrays as they travel: base64 in a manifest, a DataView from a kernel, typed arrays everywhere else.
import type { Array_, ArrayRef, DType, Outputs, Tensor } from './contract.ts';

const KINDS = { float32: Float32Array, int32: Int32Array, uint32: Uint32Array, bool: Uint8Array };

/** Bytes (little endian) as an array of this dtype; copies, so any alignment will do. */
export function fromBytes(dtype: DType, bytes: Uint8Array): Array_ {
  return new KINDS[dtype](bytes.slice().buffer);
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

type Stored = Record<string, { dtype: DType; shape: number[]; data: string | DataView | ArrayBuffer | Uint8Array }>;

export function toOutputs(stored: Stored): Outputs {
  const tensors = Object.entries(stored).map(([name, { dtype, shape, data }]) => {
    const bytes = typeof data === 'string' ? fromBase64(data)
      : data instanceof ArrayBuffer ? new Uint8Array(data)
      : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return [name, { dtype, shape, data: fromBytes(dtype, bytes) }] as [string, Tensor];
  });
  return Object.fromEntries(tensors);
}

export function isFinite(tensor: Tensor): boolean {
  if (tensor.dtype !== 'float32') return true;
  for (const x of tensor.data) if (x - x !== 0) return false;
  return true;
}

export function same(a: Tensor | undefined, b: Tensor | undefined): boolean {
  if (!a || !b || a.data.length !== b.data.length) return false;
  for (let i = 0; i < a.data.length; i++) if (a.data[i] !== b.data[i]) return false;
  return true;
}

/** float16 bits as a float32 number. */
export function widenHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const power = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (power === 31) return fraction ? NaN : sign * Infinity;
  return sign * (power ? 2 ** (power - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
}

/** One file may serve two arrays (zeros at two scales): each is widened by itself. */
export const arrayKey = (ref: ArrayRef) => `${ref.file} ${ref.stored} ${ref.scale} ${ref.zero ?? 0} ${ref.shape}`;
