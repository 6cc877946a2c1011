// A Plotly chart whose traces take their numbers from outputs.
import type { ControlSpec, Outputs, Point, Tensor, Values, ViewSpec } from '../contract.ts';
import { draggable } from '../controls/drag.ts';
import { h } from '../dom.ts';
import { recolour } from '../palette.ts';
import type { PlotElement, Plotly } from '../plotly.ts';
import { same } from '../tensor.ts';
import { isPoint } from '../value.ts';
import { History, roomFor, type Range } from './history.ts';
import type { View, ViewContext } from './index.ts';
import { quickDraw, type Change } from './quick.ts';
import { template } from './template.ts';

type ChartSpec = Extract<ViewSpec, { kind: 'chart' }>;
type PadSpec = Extract<ControlSpec, { kind: 'pad' }>;
/** New values of attributes, for each trace: { 1: { y: […] } }. */
type Update = Map<number, Record<string, unknown>>;

const config = { displayModeBar: false, displaylogo: false, responsive: false, doubleClick: false, showTips: false, scrollZoom: false };
const settleAfter = 160; // ms without a change until Plotly is told what was drawn past it
const historyEvery = 60; // ms between redraws of a growing trace while the figure plays

export function chart(spec: ChartSpec, context: ViewContext): View {
  const gd = h('div', { class: 'lk-plot', style: `height:${spec.height}px` }) as PlotElement;
  const wait = h('span', { class: 'lk-plot-wait' }, 'Drawing the chart …');
  const element = h('div', { class: 'lk-chart', role: 'img', 'aria-label': spec.label || 'chart', style: `min-height:${spec.height}px` }, gd, wait);
  const point = spec.pad === null ? null : pointOn(gd, element, context.controls.find((control) => control.name === spec.pad) as PadSpec, context.moved);
  const shown: Outputs = {}; // what the chart has been given
  const histories = new Map(spec.history.map(({ output, trace }) => [trace, { output, history: new History() }]));
  let mode = context.mode;
  let library: Plotly | null = null;
  let drawing: Promise<void> | null = null;
  let late = 0; // timer of the settling
  let historyDrawn = 0;
  const ranges = new Map<string, Range>(); // of the axes that grow with a history, by layout key
  const unsettled: Update = new Map();

  /** The author's figure with the outputs as they stand. */
  function figure() {
    const data = spec.figure.data.map((trace) => recolour(trace, mode)) as Record<string, unknown>[];
    for (const { output, trace, attr } of spec.bindings) {
      const tensor = shown[output];
      if (tensor && data[trace]) assign(data[trace]!, attr, forPlotly(tensor, attr));
    }
    for (const [trace, { history }] of histories) Object.assign(data[trace] ?? {}, history.xy());
    const layout = { ...(recolour(spec.figure.layout, mode) as Record<string, any>) };
    point?.makeRoom(layout);
    for (const [axis, range] of ranges) layout[axis] = { ...layout[axis], range };
    const titled = typeof layout.title === 'string' ? layout.title : layout.title?.text;
    const legend = layout.showlegend ?? false;
    const margin = { ...(titled ? { t: 44 } : legend ? { t: 36 } : {}), ...layout.margin };
    return { data, layout: { showlegend: legend, ...layout, margin, template: template(mode), height: spec.height, width: element.clientWidth || undefined } };
  }

  async function create() {
    library = await context.plotly();
    const { data, layout } = figure();
    await document.fonts?.ready;
    await library.newPlot(gd, data, layout, config);
    wait.remove();
    point?.begin();
    size.observe(element);
    // A first update takes Plotly several frames, later ones one: the first is had now, not while the figure plays.
    if (histories.size) late = window.setTimeout(() => { const { trace } = spec.history[0]!; note(trace, 'y', histories.get(trace)!.history.xy().y); settle(); }, 300);
  }

  /** Where the author fixed no range, an axis follows its histories; the axes that must move now. */
  function makeRoom(moving: boolean): Record<string, Range> {
    const moved: Record<string, Range> = {};
    const axes = new Map<string, { kind: 'x' | 'y'; numbers: (number | null)[] }>();
    for (const [trace, { history }] of histories) {
      const points = history.xy();
      for (const kind of ['x', 'y'] as const) {
        const key = axisKey(spec.figure.data[trace] as Record<string, unknown>, kind);
        const known = axes.get(key) ?? { kind, numbers: [] };
        known.numbers.push(...points[kind]);
        axes.set(key, known);
      }
    }
    for (const [key, { kind, numbers }] of axes) {
      const axis = (spec.figure.layout as Record<string, any>)[key] ?? {};
      if (axis.range || axis.autorange) continue;
      const range = roomFor(numbers, kind, axis.type === 'log', ranges.get(key), moving, axis.rangemode === 'tozero');
      if (range && range.join() !== ranges.get(key)?.join()) { ranges.set(key, range); moved[`${key}.range`] = range; }
    }
    return moved;
  }

  function redraw() {
    if (!library || !gd._fullLayout) return;
    clearTimeout(late);
    unsettled.clear();
    const { data, layout } = figure();
    void library.react(gd, data, layout, config);
  }

  const size = new ResizeObserver(() => {
    const width = element.clientWidth;
    if (width > 80 && gd._fullLayout && Math.abs(gd._fullLayout.width - width) >= 1) { settle(); void library!.relayout(gd, { width }); }
  });

  /** Tells Plotly, in one call, all that it does not know yet. */
  function settle(layout: Record<string, Range> = {}) {
    clearTimeout(late);
    if (!unsettled.size || !library) return;
    const traces = [...unsettled.keys()];
    const attributes = new Set([...unsettled.values()].flatMap(Object.keys));
    const update = Object.fromEntries([...attributes].map((attr) => [attr, traces.map((trace) => unsettled.get(trace)![attr])]));
    unsettled.clear();
    void library.update(gd, update, layout, traces);
  }

  function note(trace: number, attr: string, value: unknown) {
    const known = unsettled.get(trace) ?? {};
    known[attr] = value;
    unsettled.set(trace, known);
  }

  return {
    element,
    draw(outputs, step, moving) {
      const touched = new Set<number>();
      for (const { output, trace, attr } of spec.bindings) {
        const tensor = outputs[output];
        if (!tensor || same(tensor, shown[output])) continue;
        note(trace, attr, forPlotly(tensor, attr));
        touched.add(trace);
      }
      for (const { output } of spec.bindings) if (outputs[output]) shown[output] = outputs[output]!;

      for (const { output, history } of histories.values()) if (outputs[output]) history.add(step, outputs[output]!.data[0]!);
      const now = performance.now();
      const grows = histories.size > 0 && (!moving || now - historyDrawn > historyEvery);
      let moved: Record<string, Range> = {};
      if (grows) {
        historyDrawn = now;
        moved = makeRoom(moving);
        for (const [trace, { history }] of histories) {
          if (!history.changed) continue;
          history.changed = false;
          const { x, y } = history.xy();
          note(trace, 'x', x);
          note(trace, 'y', y);
          touched.add(trace);
        }
      }
      if (!library || !gd._fullLayout || !unsettled.size) return;
      clearTimeout(late);
      const changes = [...touched].map((trace) => ({ trace, ...unsettled.get(trace) }) as Change);
      const plain = changes.every((change) => Object.keys(change).every((key) => /^(trace|x|y|z)$/.test(key)));
      if (plain && !Object.keys(moved).length && quickDraw(gd, changes)) {
        if (!moving) late = window.setTimeout(() => settle(), settleAfter);
      } else settle(moved);
    },
    ...(point ? { showValues: point.show } : {}),
    setMode(next) {
      mode = next;
      redraw();
    },
    approach() {
      drawing ??= create();
      drawing.catch(() => { drawing = null; });
      return drawing;
    },
    restart() {
      for (const { history } of histories.values()) history.clear();
      ranges.clear();
      historyDrawn = 0;
    },
    dispose() {
      clearTimeout(late);
      size.disconnect();
      if (gd._fullLayout) library?.purge(gd);
    },
  };
}

/** The point of a pad within the axes of a chart. */
function pointOn(gd: PlotElement, element: HTMLElement, pad: PadSpec, moved: ViewContext['moved']) {
  let point: Point = pad.value;
  const handle = h('span', { class: 'lk-handle', 'aria-hidden': 'true', hidden: true });
  const axes = () => (gd._fullLayout ? { x: gd._fullLayout.xaxis, y: gd._fullLayout.yaxis } : null);
  const place = () => {
    const on = axes();
    if (!on) return;
    handle.hidden = false;
    handle.style.left = `${on.x._offset + on.x.d2p(point[0])}px`;
    handle.style.top = `${on.y._offset + on.y.d2p(point[1])}px`;
  };
  const show = (next: Point) => { point = next; place(); };
  element.classList.add('lk-has-point');
  element.append(handle);
  draggable(element, handle, pad, () => {
    const on = axes();
    return on && { left: on.x._offset, top: on.y._offset, width: on.x._length, height: on.y._length, toPoint: (x, y) => [on.x.p2d(x), on.y.p2d(y)] };
  }, () => point, (next, settled) => { show(next); moved(pad.name, next, settled); });
  return {
    show: (values: Values) => { const next = values[pad.name]; if (isPoint(next)) show(next); },
    begin() { place(); gd.on?.('plotly_afterplot', place); },
    /** Axes that follow the numbers would move under the hand. */
    makeRoom(layout: Record<string, any>) {
      for (const axis of ['x', 'y'] as const) {
        const given = layout[`${axis}axis`] ?? {};
        if (!given.range && !given.autorange) layout[`${axis}axis`] = { ...given, range: [pad[axis].min, pad[axis].max] };
      }
    },
  };
}

/** The layout's key of a trace's axis: 'xaxis', 'yaxis2', … */
const axisKey = (trace: Record<string, unknown>, kind: 'x' | 'y') => String(trace[`${kind}axis`] ?? kind).replace(kind, `${kind}axis`);

/** "marker.color" -> trace.marker.color */
function assign(trace: Record<string, any>, attr: string, value: unknown) {
  const names = attr.split('.');
  const last = names.pop()!;
  let place = trace;
  for (const name of names) place = place[name] = { ...place[name] };
  place[last] = value;
}

/** A tensor as Plotly takes it: a list, a list of rows, or a number; where there is no number, null leaves a gap. */
function forPlotly({ shape, data, dtype }: Tensor, attr: string): unknown {
  const value = (x: number) => (dtype === 'bool' ? Boolean(x) : x - x === 0 ? x : null);
  if (!shape.length) return /^[xyz]$/.test(attr) ? [value(data[0]!)] : dtype === 'bool' ? Boolean(data[0]) : data[0];
  const list = Array.from(data, value);
  if (shape.length === 1) return list;
  const width = shape.at(-1)!;
  return Array.from({ length: data.length / width }, (_, i) => list.slice(i * width, (i + 1) * width));
}
