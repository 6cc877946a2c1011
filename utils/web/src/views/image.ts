import type { Tensor, ViewSpec } from '../contract.ts';
import { h } from '../dom.ts';
import { ramp, roles, scales } from '../palette.ts';
import type { View } from './index.ts';

type ImageSpec = Extract<ViewSpec, { kind: 'image' }>;

/** Arrays as pixels: one picture or a grid of them, each on its own canvas. */
export function image(spec: ImageSpec): View {
  const element = h('div', { class: 'lk-image', role: 'img', 'aria-label': spec.label });
  const colours = ramp(spec.palette === 'grey' ? ['#000000', '#ffffff'] : scales[spec.palette]);
  let canvases: HTMLCanvasElement[] = [];

  function layOut(count: number, height: number, width: number) {
    if (canvases.length === count && canvases[0]?.width === width && canvases[0].height === height) return;
    canvases = Array.from({ length: count }, () => h('canvas', { width, height }));
    const cells = canvases.map((canvas, i) => {
      const caption = spec.captions[i];
      return h('div', { class: 'lk-image-cell' }, canvas, ...(caption ? [h('span', {}, caption)] : []));
    });
    element.style.gridTemplateColumns = `repeat(${Math.min(Math.max(1, spec.columns), count)}, minmax(0, ${width * spec.scale}px))`;
    element.replaceChildren(...cells);
  }

  return {
    element,
    draw(outputs) {
      const tensor = outputs[spec.output];
      if (!tensor) return;
      const { count, height, width, channels } = shapeOf(tensor, spec);
      layOut(count, height, width);
      const size = height * width;
      canvases.forEach((canvas, i) => {
        const pixels = new ImageData(width, height);
        paint(pixels.data, tensor.data.subarray(i * size * channels, (i + 1) * size * channels), channels, spec.range, colours);
        canvas.getContext('2d')!.putImageData(pixels, 0, 0);
      });
    },
  };
}

/** (h, w), (h, w, 3), (n, h, w), (n, h, w, 3); three axes whose last is 3 are one colour picture unless there are columns. */
function shapeOf({ shape }: Tensor, { columns }: ImageSpec) {
  const coloured = shape.at(-1) === 3 && (shape.length === 4 || (shape.length === 3 && columns <= 1));
  const channels = coloured ? 3 : 1;
  const [width = 1, height = 1, count = 1] = shape.slice(0, coloured ? -1 : undefined).reverse();
  return { count, height, width, channels };
}

function paint(out: Uint8ClampedArray, values: ArrayLike<number>, channels: number, [low, high]: [number, number], colours: Uint8ClampedArray) {
  const broken = [1, 3, 5].map((i) => parseInt(roles.error.light.slice(i, i + 2), 16));
  const level = (x: number) => Math.round(Math.min(1, Math.max(0, (x - low) / (high - low))) * 255);
  for (let i = 0, j = 0; j < out.length; i += channels, j += 4) {
    out[j + 3] = 255;
    for (let c = 0; c < 3; c++) {
      const x = values[channels === 3 ? i + c : i]!;
      out[j + c] = Number.isNaN(x) ? broken[c]! : channels === 3 ? level(x) : colours[level(x) * 3 + c]!;
    }
  }
}
