// Run beside run: the bars of each, and why one is faster. And the beginning: what the page writes
// when it is opened, and again when a filter or the colour scheme changes.
'use strict';

const FACTORS = [
  ['speed', 'speed'], ['clock', 'clock'], ['work', 'work per clock'],
  ['core', 'clock x work per clock'], ['memory', 'memory'], ['threads', 'threads']
];
const FACTOR_ROLES = ['auto', 'limit', 'body', 'peer', 'best peer', 'default threads'];
const MACHINE_ROLES = ['auto', 'best peer', 'body', 'peer', 'default threads', 'other limit'];
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
                 role: MACHINE_ROLES[i % MACHINE_ROLES.length],
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
  byId('why').replaceChildren(...view.why.flatMap(whyOf));
}

byId('all').addEventListener('click', () => {
  state.all = true;
  writeTable();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', writeAll);
writeFacts();
writeFilters();
writeAll();
