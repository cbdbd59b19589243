// The charts of page.js: datasets and options for Chart.js, of what view.hpp hands over.
'use strict';

const SYMBOLS = {
  auto: 'circle',
  'best peer': 'triangle',
  limit: 'line',
  body: 'rectRot',
  peer: 'crossRot',
  'other limit': 'dash',
  'default threads': 'star'
};
const DASHES = [[], [8, 4], [2, 3], [8, 3, 2, 3], [14, 4], [1, 5]];
// Which filters the points of a chart obey; those of the others are lines over all shapes.
const OBEYED = {
  roofline: EVERY,
  accuracy: EVERY,
  scaling: ['dtype']
};

const isRoof = ({role}) => role.startsWith('roof ');
const colour = (name) => getComputedStyle(document.documentElement)
                             .getPropertyValue(`--${name.replaceAll(' ', '-')}`)
                             .trim();

function tick(value) {
  const unit = [['G', 1e9], ['M', 1e6], ['k', 1e3]].find(([, size]) => value >= size);
  if (value > 0 && value < 1e-3) return value.toExponential(0);
  return unit ? `${Number((value / unit[1]).toPrecision(3))}${unit[0]}` :
                String(Number(value.toPrecision(3)));
}
// Of a logarithmic axis those that begin with 1, and with others where there is room. The ends of
// an axis can be any number, and get none.
function logTick(value, index, ticks) {
  const decades = Math.log10(ticks.at(-1).value / ticks[0].value);
  const wanted = decades > 3.5 ? [1] : decades > 1 ? [1, 2, 5] : [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const first = value / 10 ** Math.floor(Math.log10(value) + 1e-9);
  return wanted.some((digit) => Math.abs(first - digit) < 1e-6) ? tick(value) : null;
}
function axis({label, logarithmic}, range) {
  return {
    type: logarithmic ? 'logarithmic' : 'linear',
    ...range,
    title: {display: true, text: label, color: colour('text')},
    grid: {color: colour('grid')},
    ticks: {color: colour('text'), maxRotation: 0, callback: logarithmic ? logTick : tick},
  };
}
function plugins(tooltip) {
  return {
    legend: {
      position: 'bottom',
      labels: {color: colour('text'), usePointStyle: true, boxHeight: 7},
    },
    tooltip: {callbacks: tooltip},
  };
}

// What a tooltip and the table below a chart say of a benchmark.
function describe(row) {
  const lines = [
    `${row.shape} ${row.dtype}, threads: ${row.threads}; data in ${row.level}`,
    `${time(row.seconds)}, ${nanoseconds(row)} per element`, `${gigabytes(row)}, ${gigaflops(row)}`
  ];
  if (row.limit_fraction !== null) lines.push(`${digits(row.limit_fraction)} of the limit`);
  if (row.vs_best_peer !== null) lines.push(`x ${digits(row.vs_best_peer)} of the best peer`);
  if (row.error_of_bound !== null) lines.push(`error/bound ${digits(row.error_of_bound, 2)}`);
  return lines;
}

// The points of a series that are shown now.
function shownPoints(chart, series, rows) {
  if (series.dtype !== undefined && state.dtype !== ALL && series.dtype !== state.dtype) return [];
  const threaded = series.threads !== undefined && state.threads !== ALL;
  if (threaded && series.threads !== state.threads) return [];
  const keys = series.line ? [] : OBEYED[chart.id];
  return series.points.filter(([, , row]) => row === null || passes(rows[row], keys));
}
function span(values, logarithmic) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (!logarithmic) return {min: 0, max: Math.ceil(high * 1.1 * 2) / 2};
  return {min: low / 1.25, max: high * 1.25};
}
function dataset(series, points, roofs) {
  const shade = colour(series.role), roofed = isRoof(series);
  return {
    label: series.name,
    data: points.map(([x, y, row]) => ({x, y, row})),
    role: series.role,
    showLine: series.line,
    borderColor: shade,
    backgroundColor: `${shade}99`,
    borderWidth: series.line ? 2 : 1,
    borderDash: roofed ? DASHES[roofs % DASHES.length] : [],
    pointStyle: roofed ? 'line' : SYMBOLS[series.role],
    pointRadius: roofed ? 0 :
        series.line     ? (points.length > 60 ? 1.2 : 2.5) :
                          3.5,
    pointHitRadius: 6,
  };
}
function markSet(mark, at, y) {
  return {
    label: mark.name,
    data: [{x: mark.at, y: y.min}, {x: mark.at, y: y.max}],
    role: 'mark',
    showLine: true,
    borderColor: colour(`roof ${mark.name.split(',')[0]}`),
    borderWidth: 1.5,
    borderDash: DASHES[1 + at],
    pointRadius: 0,
    pointStyle: 'line',
    pointHitRadius: 6,
  };
}

// A figure with a canvas, or with the reason why there is nothing to draw.
function figure(id, title, text, config, empty, table) {
  charts.get(id)?.destroy();
  charts.delete(id);
  const box =
      make('figure', {id: `figure-${id}`}, make('h3', {}, title), make('figcaption', {}, text));
  if (config === null) {
    box.append(make('p', {class: 'nothing'}, empty));
    return box;
  }
  const canvas =
      make('canvas', {id: `chart-${id}`, role: 'img', 'aria-label': `${title}. ${text}`});
  const plot = make('div', {class: 'plot'}, canvas);
  if (config.height) plot.style.height = `${config.height}px`;
  const data = make('details', {}, make('summary', {}, 'The points as a table'));
  data.addEventListener('toggle', () => {
    if (!data.open || data.childElementCount > 1) return;
    const content = make('table');
    fillTable(content, table.header, table.rows());
    data.append(make(
        'div', {class: 'scroll', role: 'region', 'aria-label': title, tabindex: '0'}, content));
  });
  box.append(...(config.legend ? [config.legend] : []), plot, data);
  config.options =
      {animation: false, responsive: true, maintainAspectRatio: false, ...config.options};
  queueMicrotask(() => {  // it measures the canvas, which has to be on the page
    if (canvas.isConnected) charts.set(id, new Chart(canvas, config));
  });
  return box;
}

// Caches whose marks stand beside what is drawn, in words.
function beside(marks) {
  const places = marks.map(({name, at}) => `${name}, at ${tick(at)}`);
  return places.length === 0 ? '' : ` Outside of this chart: ${places.join('; ')}.`;
}

function scatter(chart, rows) {
  let roofs = 0;
  const datasets = [];
  for (const series of chart.series) {
    const points = shownPoints(chart, series, rows);
    if (points.length > 0) datasets.push(dataset(series, points, isRoof(series) ? roofs++ : 0));
  }
  const points = datasets.flatMap((set) => set.data);
  if (points.length === 0) {
    const any = chart.series.some((series) => series.points.length > 0);
    return figure(
        chart.id, chart.title, chart.text, null, any ? 'Nothing passes the filters.' : chart.empty);
  }
  const x = span(points.map((point) => point.x), chart.x.logarithmic);
  const y = span(points.map((point) => point.y), chart.y.logarithmic);
  const dtype = state.dtype === ALL ? 'f32' : state.dtype;
  const marks = chart.marks.filter((mark) => mark.dtype === dtype);
  const isInside = ({at}) => at > x.min && at < x.max;
  marks.filter(isInside).forEach((mark, i) => datasets.push(markSet(mark, i, y)));
  const text = chart.text + beside(marks.filter((mark) => !isInside(mark)));
  const tooltip = {
    title: ([item]) =>
        (item.raw.row === undefined || item.raw.row === null || isRoof(item.dataset) ?
             item.dataset.label :
             variant(rows[item.raw.row])),
    label: ({raw, dataset: {role}}) =>
        (raw.row === undefined || raw.row === null ?
             '' :
             isRoof({role}) ?
             [`measured by ${variant(rows[raw.row])}`, `at ${rows[raw.row].shape}`] :
             describe(rows[raw.row])),
  };
  return figure(
      chart.id, chart.title, text, {
        type: 'scatter',
        data: {datasets},
        options: {scales: {x: axis(chart.x, x), y: axis(chart.y, y)}, plugins: plugins(tooltip)},
      },
      chart.empty, {
        header: [
          ['series', 'text'], ['benchmark', 'text'], ['shape', 'text'], chart.x.label, chart.y.label
        ],
        rows: () => datasets.filter((set) => set.role !== 'mark')
                        .flatMap((set) => set.data.map((point) => ({
                                                         cells: [
                                                           [set.label, 'text'],
                                                           [variant(rows[point.row]), 'text'],
                                                           [rows[point.row].shape, 'text'],
                                                           digits(point.x), digits(point.y)
                                                         ]
                                                       }))),
      });
}
