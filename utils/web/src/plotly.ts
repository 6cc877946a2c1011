// Plotly: one script for a whole page, loaded when the first chart comes near.

// What this code uses of Plotly; the full types are larger than this front end.
export interface PlotElement extends HTMLElement {
  data?: object[];
  _fullData?: FullTrace[];
  _fullLayout?: Record<string, any>;
  calcdata?: any[][];
  on?(event: string, heard: () => void): void;
}
export interface FullTrace { uid: string; type: string; visible: boolean | string; xaxis: string; yaxis: string; [attribute: string]: any }
export interface Plotly {
  newPlot(gd: HTMLElement, data: object[], layout: object, config: object): Promise<unknown>;
  react(gd: HTMLElement, data: object[], layout: object, config: object): Promise<unknown>;
  update(gd: HTMLElement, traceUpdate: object, layoutUpdate: object, traces: number[]): Promise<unknown>;
  relayout(gd: HTMLElement, update: object): Promise<unknown>;
  purge(gd: HTMLElement): void;
}
type Page = typeof globalThis & { Plotly?: Plotly; define?: unknown; likelyPlotly?: Promise<Plotly> | undefined };
const page = globalThis as Page;

/** `address` gives the script's URL; it is asked at most once a page, and again after a failure. */
export function plotly(address: () => string | Promise<string>): Promise<Plotly> {
  if (!page.likelyPlotly) {
    page.likelyPlotly = Promise.resolve().then(address).then(run);
    page.likelyPlotly.catch(() => (page.likelyPlotly = undefined));
  }
  return page.likelyPlotly;
}

/** A UMD script takes require.js's `define` for its own: hide it meanwhile. */
function run(address: string): Promise<Plotly> {
  return new Promise((loaded, failed) => {
    const { define, Plotly: other } = page;
    const restore = () => { if (define !== undefined) page.define = define; };
    const script = document.createElement('script');
    script.onload = () => {
      restore();
      const ours = page.Plotly;
      if (other) page.Plotly = other;
      ours ? loaded(ours) : failed(new Error('the chart library did not start'));
    };
    script.onerror = () => { restore(); script.remove(); failed(new Error('the chart library did not load')); };
    page.define = undefined;
    script.src = address;
    document.head.append(script);
  });
}
