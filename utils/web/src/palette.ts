// Colours by what they mean, from tokens.json, and whether the page around a figure is light or dark.
import { ground, roles, scales, type as fonts } from '../../likely/plotting/tokens.json';

export type Mode = 'light' | 'dark';
export { fonts, ground, roles, scales };

/** The book site says html[data-theme], JupyterLab body[data-jp-theme-light], VS Code and Colab their own; else the system. Print is light. */
export function currentMode(): Mode {
  const { documentElement: html, body } = document;
  if (matchMedia('print').matches) return 'light';
  const said = html.dataset.theme ?? html.getAttribute('theme');
  if (said === 'light' || said === 'dark') return said;
  if (body.dataset.jpThemeLight) return body.dataset.jpThemeLight === 'false' ? 'dark' : 'light';
  if (body.dataset.vscodeThemeKind) return /dark|high-contrast$/.test(body.dataset.vscodeThemeKind) ? 'dark' : 'light';
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Calls back when the mode changes; returns the function that ends this. */
export function watchMode(changed: (mode: Mode) => void): () => void {
  let mode = currentMode();
  const look = () => {
    const now = currentMode();
    if (now !== mode) changed((mode = now));
  };
  const observer = new MutationObserver(look);
  const attributeFilter = ['data-theme', 'theme', 'data-jp-theme-light', 'data-vscode-theme-kind'];
  observer.observe(document.documentElement, { attributes: true, attributeFilter });
  observer.observe(document.body, { attributes: true, attributeFilter });
  const media = ['print', '(prefers-color-scheme: dark)'].map((query) => matchMedia(query));
  media.forEach((query) => query.addEventListener('change', look));
  return () => {
    observer.disconnect();
    media.forEach((query) => query.removeEventListener('change', look));
  };
}

const rgb = (hex: string) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)) as [number, number, number];
const darkened = new Map<string, string>();
for (const { light, dark } of [...Object.values(roles), ...Object.values(ground)]) {
  if (light !== ground.page.light) darkened.set(rgb(light).join(), dark);
}
// a sequential scale starts near its ground in both modes: nothing is pale in the light and deep in the dark
scales.sequential.forEach((stop, i) => darkened.set(rgb(stop).join(), scales.sequential.at(-1 - i)!));

/** A figure is written in light colours: the same colour in this mode. Understands #rrggbb, #rrggbbaa, rgb() and rgba(). */
export function inMode(colour: string, mode: Mode): string {
  if (mode === 'light' || colour.length > 40) return colour;
  const hex = /^#([0-9a-f]{6})([0-9a-f]{2})?$/i.exec(colour);
  if (hex) {
    const dark = darkened.get(rgb('#' + hex[1]).join());
    return dark ? dark + (hex[2] ?? '') : colour;
  }
  const call = /^rgba?\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*(?:,\s*([\d.]+)\s*)?\)$/i.exec(colour);
  const dark = call && darkened.get(`${call[1]},${call[2]},${call[3]}`);
  return dark ? `rgba(${rgb(dark).join()},${call[4] ?? 1})` : colour;
}

/** A copy of JSON with every colour in it as in this mode. */
export function recolour<T>(json: T, mode: Mode): T {
  if (typeof json === 'string') return inMode(json, mode) as T;
  if (Array.isArray(json)) return json.map((part) => recolour(part, mode)) as T;
  if (json && typeof json === 'object' && !ArrayBuffer.isView(json)) {
    return Object.fromEntries(Object.entries(json).map(([key, part]) => [key, recolour(part, mode)])) as T;
  }
  return json;
}

/** 256 colours, evenly between the stops of a scale. */
export function ramp(stops: string[]): Uint8ClampedArray {
  const colours = stops.map(rgb);
  const out = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (colours.length - 1);
    const low = Math.min(Math.floor(at), colours.length - 2);
    for (let c = 0; c < 3; c++) out[i * 3 + c] = colours[low]![c]! + (at - low) * (colours[low + 1]![c]! - colours[low]![c]!);
  }
  return out;
}

/** Of light, 0 to 1 (WCAG 2.2, relative luminance). */
const luminance = (colour: ArrayLike<number>) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
  const part = colour[i]! / 255;
  return sum + weight * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
}, 0);
/** How well text is read on a ground, 1 to 21 (WCAG 2.2, contrast ratio). */
export function contrast(text: ArrayLike<number>, on: ArrayLike<number>): number {
  const [low, high] = [luminance(text), luminance(on)].sort((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
}

const readable = 5; // contrast of text on a tint; WCAG 2.2 asks for 4.5
/** 256 colours behind text, as CSS: from a figure's ground along the sequential scale, as far as the text stays readable on it. */
export function tints(mode: Mode): string[] {
  const [, ...deep] = scales.sequential;
  const path = ramp([ground.panel[mode], ...(mode === 'light' ? deep : deep.reverse())]);
  const at = (i: number) => path.subarray(i * 3, i * 3 + 3);
  let last = 255;
  for (let i = 255; i >= 0; i--) if (contrast(rgb(roles.plain[mode]), at(i)) < readable) last = i - 1;
  return Array.from({ length: 256 }, (_, i) => `rgb(${at(Math.round((i / 255) * last)).join()})`);
}
