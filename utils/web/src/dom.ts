// Elements in one call: h('p', { class: 'lk-caption' }, 'text').

type Attributes = Record<string, string | number | boolean | undefined | ((event: Event) => void)>;

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

let count = 0;
const ours = Math.random().toString(36).slice(2, 8); // in JupyterLab each figure has its own copy of this module
/** An id that no other element has. */
export const freshId = (what: string) => `lk-${what}-${ours}-${++count}`;

export const frame = () => new Promise<number>((done) => requestAnimationFrame(done));
export const calmMotion = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
