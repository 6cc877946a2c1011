// The only place that fetches a figure's files. A page opened from a disk would need another `load`, and nothing else.

/** Where page.js lies; the figures, the worker and the vendored libraries lie beside it. */
export const base = new URL('.', import.meta.url).href;

const loads = new Map<string, Promise<ArrayBuffer>>();

/** The plain bytes of figures/<hash>.bin, checked against the hash; each file once, and again after a failure. */
export function load(hash: string): Promise<ArrayBuffer> {
  let found = loads.get(hash);
  if (!found) {
    found = fetchChecked(hash);
    loads.set(hash, found);
    found.catch(() => loads.delete(hash));
  }
  return found;
}

/** Lets the bytes go once they live elsewhere. */
export const forget = (hash: string) => loads.delete(hash);

async function fetchChecked(hash: string): Promise<ArrayBuffer> {
  if (!/^[0-9a-f]{6,64}$/i.test(hash)) throw new Error(`“${hash}” is no file of this book`);
  let stored: ArrayBuffer;
  try {
    const response = await fetch(`${base}figures/${hash}.bin`);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    stored = await response.arrayBuffer();
  } catch (error) {
    throw new Error(`its file did not load (${reason(error)})`);
  }
  const packed = new Uint8Array(stored, 0, Math.min(2, stored.byteLength));
  let plain = stored;
  if (packed[0] === 0x1f && packed[1] === 0x8b) {
    try {
      plain = await gunzip(stored);
    } catch {
      if (!(await matches(stored, hash))) throw new Error('its file arrived damaged or cut short');
    }
  }
  if (!(await matches(plain, hash))) throw new Error('its file arrived damaged or cut short');
  return plain;
}

export function gunzip(bytes: ArrayBuffer): Promise<ArrayBuffer> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).arrayBuffer();
}

/** The plain bytes of a large file, unpacked while it arrives; some servers have unpacked it already. */
export async function unpacked(response: Response): Promise<ArrayBuffer> {
  const reader = response.body!.getReader();
  const { value: head } = await reader.read();
  const whole = new ReadableStream<BufferSource>({
    start: (stream) => { if (head) stream.enqueue(head as BufferSource); },
    pull: async (stream) => {
      const { done, value } = await reader.read();
      done ? stream.close() : stream.enqueue(value as BufferSource);
    },
  });
  const packed = head?.[0] === 0x1f && head[1] === 0x8b;
  return new Response(packed ? whole.pipeThrough(new DecompressionStream('gzip')) : whole).arrayBuffer();
}

/** True too where the browser cannot tell (no crypto.subtle outside https and localhost). */
async function matches(bytes: ArrayBuffer, hash: string): Promise<boolean> {
  if (!globalThis.crypto?.subtle || hash.length !== 64) return true;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') === hash.toLowerCase();
}

export const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));
