// Run beside run: the bars of each, and why one is faster. And the beginning: what the page writes
// when it is opened, and again when a filter or the colour scheme changes.
'use strict';

const FACTORS = [
  ['speed', 'speed'], ['clock', 'clock'], ['work', 'work per clock'],
  ['core', 'clock x work per clock'], ['memory', 'memory'], ['threads', 'threads']
];
const FACTOR_ROLES = ['auto', 'limit', 'body', 'peer', 'best peer', 'default threads'];
const RUN_COLOURS = 8;  // --run-1 to --run-8 of page.css: as many as tools/nightly.sh shows

// The legend of bars: a list, since names of runs are longer than a small window is wide, and
// Chart.js breaks no line.
function legendOf(sets) {
  const swatch = ({role}) => make('span', {style: `background: ${colour(role)}`});
  return make(
      'ul', {class: 'legend'}, ...sets.map((set) => make('li', {}, swatch(set), set.label)));
}
// Of a logarithmic axis of ratios, which seldom spans more than a factor of four.
function ratioTicks(axis) {
  const wide = [0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10, 20];
  const fine = [0.4, 0.6, 0.8, 0.9, 1.2, 1.7, 2.5, 4];
  const values = axis.max / axis.min > 4 ? wide : [...wide, ...fine].sort((a, b) => a - b);
  axis.ticks =
      values.filter((value) => value >= axis.min && value <= axis.max).map((value) => ({value}));
}

// Horizontal bars: a label a line, and a set for each run or factor. Their scale is above them, by
// the legend: there may be more lines than a screen has room for.
function bars(id, title, text, labels, sets, scale, tooltip, empty) {
  if (labels.length === 0) return figure(id, title, text, null, empty);
  const datasets = sets.map(({label, values, role}) => ({
                              label,
                              data: values,
                              backgroundColor: colour(role),
                              base: scale.base,
                              categoryPercentage: 0.82,
                              barPercentage: 0.95,
                              minBarLength: 1,
                            }));
  const grid = {color: colour('grid')}, ticks = {color: colour('text'), autoSkip: false};
  const values = sets.flatMap((set) => set.values).filter((value) => value !== null);
  const x = {...axis(scale, scale.logarithmic ? span([1, ...values], true) : {}), position: 'top'};
  if (scale.logarithmic) {
    x.ticks.callback = tick;
    x.afterBuildTicks = ratioTicks;
  }
  return figure(
      id, title, text, {
        type: 'bar',
        data: {labels, datasets},
        legend: legendOf(sets),
        height: 60 + labels.length * (8 + 9 * sets.length),
        options: {
          indexAxis: 'y',
          scales: {x, y: {grid, ticks}},
          plugins: {...plugins(tooltip), legend: {display: false}}
        },
      },
      empty, {
        header: [['', 'text'], ...sets.map((set) => set.label)],
        rows: () => labels.map(
            (label, i) =>
                ({cells: [[label, 'text'], ...sets.map(({values}) => digits(values[i]))]})),
      });
}

const caseLabel = (row) => row.shape + (row.quantity === 'loss_gradient' ? ', loss' : '') +
    (row.stride === row.cols ? '' : ', unaligned') + (state.dtype === ALL ? ` ${row.dtype}` : '') +
    (state.threads === ALL ? `, threads: ${row.threads}` : '');
function machineBars() {
  const lines =
      view.bars
          .map((indices) => indices.map((row, run) => (row === null ? null : runs[run].rows[row])))
          .filter(
              (rows) => passes(rows.find((row) => row !== null), ['dtype', 'threads', 'shape']));
  const sets =
      runs.map((run, i) => ({
                 label: run.title,
                 role: `run ${i % RUN_COLOURS + 1}`,
                 values: lines.map(
                     (rows) => (rows[i] === null ? null : rows[i].bytes / rows[i].seconds / 1e9)),
               }));
  return bars(
      'machines', 'Bars: auto of each run',
      'Bytes of X and y, once, over the time: longer is faster.',
      lines.map((rows) => caseLabel(rows.find((row) => row !== null))), sets,
      {label: 'GB/s of X and y', logarithmic: false}, {
        label: ({datasetIndex, dataIndex}) => {
          const row = lines[dataIndex][datasetIndex];
          return [runs[datasetIndex].title, ...describe(row), variant(row)];
        }
      },
      'These runs share no benchmark of auto that passes the filters.');
}
function whyOf(why) {
  const {rows, title} = runs[why.run], base = runs[why.baseline].title;
  const named = `${title} over ${base}`;
  const lines = why.lines.filter((line) => passes(rows[line.row], ['dtype', 'threads', 'shape']));
  const means = why.means.filter(
      (mean) => (state.dtype === ALL || mean.dtype === state.dtype) &&
          (state.threads === ALL || mean.threads_of === state.threads));
  const labels =
      means.map((mean) => [`data in ${mean.level}`, `${mean.dtype}, threads: ${mean.threads_of}`]);
  const known = FACTORS
                    .map(
                        ([key, label], i) => (
                            {label, role: FACTOR_ROLES[i], values: means.map((mean) => mean[key])}))
                    .filter(({values}) => values.some((value) => value !== null));
  const table = make('table');
  fillTable(
      table, [['shape', 'text'], 'type', 'threads', ...FACTORS.map(([, label]) => label)],
      lines.map((line) => ({
                  cells: [
                    [caseLabel(rows[line.row]), 'text'], rows[line.row].dtype,
                    rows[line.row].threads, ...FACTORS.map(([key]) => factor(line[key]))
                  ]
                })));
  const chart = bars(
      `why-${why.run}`, named,
      'Geometric means over the shapes whose factors are known, by where the data are on the ' +
          'second. Right of 1: the first is ahead. A factor that no shape has is unknown, and ' +
          'has no bar.',
      labels, known, {label: 'ratio', logarithmic: true, base: 1}, {
        label: ({dataIndex, dataset: {label}, raw}) =>
            [`${label}: ${factor(raw)}`,
             `${means[dataIndex].known || means[dataIndex].lines} of ${
                 means[dataIndex].lines} shapes`]
      },
      'These two share no benchmark of auto that passes the filters.');
  return [
    chart, make('div', {class: 'scroll', role: 'region', 'aria-label': named, tabindex: '0'}, table)
  ];
}

function writeAll() {
  const run = runs[Number(state.run)];
  writeTable();
  byId('charts').replaceChildren(...run.charts.map((chart) => scatter(chart, run.rows)));
  byId('machines').hidden = runs.length < 2;
  if (runs.length < 2) return;
  byId('bars').replaceChildren(machineBars());
  const {run: base, reason} = view.baseline;
  byId('why').replaceChildren(
      make('p', {id: 'baseline'}, `All are compared with ${runs[base].title}, ${reason}.`),
      ...view.why.flatMap(whyOf));
}

byId('all').addEventListener('click', () => {
  state.all = true;
  writeTable();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', writeAll);
writeFacts();
writeFilters();
writeAll();
