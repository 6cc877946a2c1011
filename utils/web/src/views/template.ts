// How every chart of the book looks: a Plotly template from tokens.json. The author's layout wins over it.
import { fonts, ground, roles, scales, type Mode } from '../palette.ts';

export function template(mode: Mode): object {
  const ink = roles.plain[mode];
  const muted = ground.muted[mode];
  const line = ground.line[mode];
  const axis = {
    automargin: true, color: muted, gridcolor: line, griddash: 'dot', gridwidth: 1, linecolor: line, showline: false, zeroline: false, ticks: '', minorloglabels: 'none',
    tickfont: { size: fonts.size.small, color: muted }, title: { font: { size: fonts.size.figure, color: ink }, standoff: 8 }, fixedrange: true,
  };
  return {
    layout: {
      font: { family: fonts.interface, size: fonts.size.figure, color: ink },
      title: { font: { size: 16, color: ink }, x: 0, xref: 'paper', xanchor: 'left' },
      paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)',
      colorway: [roles.data, roles.model, roles.noise, roles.error, roles.good].map((role) => role[mode]),
      colorscale: { sequential: stops(scales.sequential), diverging: stops(scales.diverging) },
      xaxis: { ...axis, showgrid: false, ticks: 'outside', ticklen: 4, tickcolor: line, showline: true },
      yaxis: axis,
      legend: { orientation: 'h', x: 0, y: 1.02, xanchor: 'left', yanchor: 'bottom', font: { size: fonts.size.small, color: ink }, bgcolor: 'rgba(0,0,0,0)' },
      hoverlabel: { bgcolor: ground.panel[mode], bordercolor: line, font: { family: fonts.interface, size: fonts.size.small, color: ink } },
      hovermode: 'closest', dragmode: false, autosize: true,
      annotationdefaults: { font: { size: fonts.size.figure, color: ink }, arrowcolor: muted },
      shapedefaults: { line: { color: muted } },
      margin: { l: 44, r: 12, t: 12, b: 40 },
    },
    data: {
      scatter: [{ line: { width: 2.5, simplify: false }, marker: { size: 6, line: { width: 0 } } }],
      bar: [{ marker: { line: { width: 0 } } }],
      heatmap: [{ colorscale: stops(scales.sequential), colorbar: { thickness: 10, outlinewidth: 0, tickfont: { size: fonts.size.small, color: muted } } }],
      contour: [{ colorscale: stops(scales.sequential), colorbar: { thickness: 10, outlinewidth: 0, tickfont: { size: fonts.size.small, color: muted } } }],
    },
  };
}

const stops = (colours: string[]) => colours.map((colour, i) => [i / (colours.length - 1), colour]);
