// The page's host: <likely-figure src="hash"> becomes a live figure. No kernel, no server: a Worker computes.
import type { Manifest, Values } from './contract.ts';
import { PageEngine } from './engine.ts';
import { Figure } from './figure.ts';
import { parse, split, write } from './fragment.ts';
import { Notices } from './notice.ts';
import { base, forget, load, reason } from './payload.ts';
import { plotly } from './plotly.ts';
import { toOutputs } from './tensor.ts';

const holdFor = 3000; // ms in which a page that opens at a figure settles
const holdAtMost = 10000; // on a machine that takes longer for the formulae
const near = '400px'; // this close to the viewport, charts and engine start to load

/** The page itself: its styles, its type and its scripts. */
const pageLoaded = new Promise<unknown>((done) => {
  if (document.readyState === 'complete') done(0);
  else window.addEventListener('load', done, { once: true });
});
let charts: Promise<unknown> = Promise.resolve(); // the chart library, from when a figure asks for it

/** The engine is larger than all else together: it leaves the line to what the reader sees first. */
async function seenFirst() {
  await pageLoaded;
  const linked = document.getElementById(split(location.hash).name);
  if (linked instanceof LikelyFigure) await linked.ready;
  await charts.catch(() => {});
}

interface MathJax { startup?: { pageReady?(): Promise<unknown>; defaultPageReady?(): Promise<unknown> } }
const mathjax = () => (window as { MathJax?: MathJax }).MathJax;
let formulaeSet = !mathjax(); // a page without formulae has no MathJax

/** Setting the formulae keeps everything else on the page waiting: the figure that the address names draws first. */
async function figureThenFormulae() {
  const linked = document.getElementById(split(location.hash).name);
  if (linked instanceof LikelyFigure) {
    const drawn = linked.ready.then(() => linked.figure?.drawCharts()).then(seenFirst); // and the engine is on its way
    await Promise.race([drawn, new Promise((go) => setTimeout(go, holdFor))]);
  }
  await mathjax()!.startup!.defaultPageReady!();
  formulaeSet = true;
}
if (mathjax() && !mathjax()!.startup) mathjax()!.startup = { pageReady: figureThenFormulae }; // its settings: it starts after this script

class LikelyFigure extends HTMLElement {
  figure: Figure | null = null;
  /** Resolves when the figure stands here, or says why it does not. */
  ready: Promise<unknown> = Promise.resolve();
  private engine: PageEngine | null = null;
  private readonly notices = new Notices();
  private watcher: IntersectionObserver | null = null;
  private writing = 0;
  private opened = false;
  private opening: Promise<PageEngine> | null = null; // begun before the figure asked
  private near = false; // close to the viewport, touched, or named by the address
  private readonly vendor = new URL(this.dataset.vendor ?? `${base}vendor/`, location.href).href;

  connectedCallback() {
    if (this.opened) return;
    this.opened = true;
    this.ready = this.open();
    this.watcher = new IntersectionObserver((entries) => { if (entries.at(-1)!.isIntersecting) this.approach(); }, { rootMargin: near });
    if (split(location.hash).name === this.id) this.approach();
    else this.watcher.observe(this);
  }

  /** The time to load what is heavy: the chart library, before even the manifest is here, then the engine. */
  private approach() {
    this.watcher?.disconnect();
    this.near = true;
    if ('charts' in this.dataset) this.plotly().catch(() => {}); // the figure asks again, and says what is wrong
    this.figure?.approach();
    this.engine?.prepare();
    if (this.engine) (this.opening ??= this.openEngine()).catch(() => {}); // as above
  }

  private openEngine() {
    const engine = this.engine!;
    return seenFirst().then(() => engine.open()).then(() => engine);
  }

  private plotly() {
    const library = plotly(() => `${this.vendor}plotly.min.js`);
    charts = library;
    return library;
  }

  disconnectedCallback() {
    queueMicrotask(() => {
      if (this.isConnected) return; // only moved
      this.watcher?.disconnect();
      this.figure?.dispose();
      this.engine?.dispose();
      window.removeEventListener('hashchange', this.followLink);
      window.removeEventListener('beforeprint', this.print);
    });
  }

  private async open() {
    let manifest: Manifest;
    try {
      const bytes = await load(this.getAttribute('src') ?? '');
      manifest = JSON.parse(new TextDecoder().decode(bytes)) as Manifest;
    } catch (error) {
      this.append(this.notices.element); // below what the page shows without us
      this.notices.say('manifest', `This figure is not alive: ${reason(error)}.`, { tone: 'warning', action: { label: 'Retry', act: () => void this.open() } });
      return;
    }
    this.mount(manifest);
  }

  private mount(manifest: Manifest) {
    const { spec, first } = manifest;
    const engine = (this.engine = new PageEngine(manifest, this.vendor, (values) => this.figure!.feeds(values)));
    this.figure = new Figure(spec, { ...first, outputs: toOutputs(first.outputs) }, {
      engine: () => {
        const opening = this.opening ?? this.openEngine();
        this.opening = null; // after a failure the next call tries again
        return opening;
      },
      plotly: () => this.plotly(),
      vocabulary,
      budget: 9,
      overlap: true,
      link: (values, step) => `${location.href.split('#')[0]}#${write(spec, values, step) || encodeURIComponent(spec.name)}`,
      settled: (values, step) => this.keepInAddress(values, step),
    });
    if (!this.id && !document.getElementById(spec.name)) this.id = spec.name;
    this.replaceChildren(this.figure.element);
    this.style.minHeight = ''; // it has its own height now
    const inner = this.figure.element as HTMLElement & { figure?: Figure };
    inner.figure = this.figure;

    if (this.near) this.approach();
    this.addEventListener('pointerdown', () => this.approach(), { once: true });
    this.addEventListener('focusin', () => this.approach(), { once: true });
    new IntersectionObserver((entries) => { engine.visible = entries.at(-1)!.isIntersecting; }).observe(this);
    window.addEventListener('hashchange', this.followLink);
    window.addEventListener('beforeprint', this.print);
    this.followLink();
  }

  /** The address names this figure: take the state that it asks for, and say what it cannot have. */
  private readonly followLink = () => {
    const figure = this.figure!;
    const { name, query } = split(location.hash);
    if (name !== figure.spec.name) return;
    this.holdInSight();
    this.approach();
    figure.notices.clear('link');
    if (!query) return;
    const follow = () => {
      const { values, step, notes } = parse(query, figure.spec, figure.refuse);
      if (notes.length) figure.notices.say('link', notes.slice(0, 4).join(' '), { tone: 'warning' });
      const all: Values = { ...Object.fromEntries(figure.spec.controls.map((control) => [control.name, control.value])), ...values };
      figure.follow(all, step);
    };
    if (figure.spec.controls.some(({ kind }) => kind === 'text')) void figure.engineReady.then(follow); // only now it is known what can be typed
    else follow();
  };

  private readonly print = () => void this.figure?.drawCharts();

  /** Scrolls here, and stays here while the page above still grows (formulae, type, charts), until the reader scrolls. */
  private holdInSight() {
    const began = performance.now();
    const place = () => this.getBoundingClientRect().top + scrollY; // in the page: moves when what is above grows
    const go = () => { this.scrollIntoView({ block: 'start', behavior: 'instant' }); return { at: place(), scrolled: scrollY }; };
    let { at, scrolled } = go();
    const hold = () => {
      const held = performance.now() - began;
      if ((held > holdFor && (formulaeSet || held > holdAtMost)) || !this.isConnected) return;
      if (Math.abs(place() - at) > 1) ({ at, scrolled } = go());
      else if (Math.abs(scrollY - scrolled) > 1) return;
      requestAnimationFrame(hold);
    };
    requestAnimationFrame(hold);
  }

  private keepInAddress(values: Values, step: number) {
    clearTimeout(this.writing);
    this.writing = window.setTimeout(() => {
      const { spec } = this.figure!;
      const fragment = write(spec, values, step);
      if (!fragment && split(location.hash).name !== spec.name) return;
      if (!fragment && !location.hash.includes('?')) return;
      history.replaceState(history.state, '', `${location.pathname}${location.search}${fragment ? `#${fragment}` : ''}`);
    }, 300);
  }
}

const vocabularies = new Map<string, Promise<string[]>>(); // of the whole page
function vocabulary(key: string): Promise<string[]> {
  let found = vocabularies.get(key);
  if (!found) {
    found = load(key).then((bytes) => { forget(key); return JSON.parse(new TextDecoder().decode(bytes)) as string[]; });
    vocabularies.set(key, found);
    found.catch(() => vocabularies.delete(key));
  }
  return found;
}

if (!customElements.get('likely-figure')) customElements.define('likely-figure', LikelyFigure);
