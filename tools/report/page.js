// Hands the data of the page to its tables and to Chart.js. All that is drawn was computed before
// (charts.hpp, factors.hpp): here it is only chosen, by the filters, and written.
'use strict';

const view = JSON.parse(document.getElementById('view').textContent);
const runs = view.runs.map(
    (run) => ({
      ...run,
      rows: run.rows.map(
          (cells) => Object.fromEntries(view.columns.map((name, i) => [name, cells[i]]))),
    }));
const MOST_ROWS = 200;  // of the table, until all are asked for
const ALL = 'all', NO_SWEEP = 'all but the sweep over D', SWEEP = 'the sweep over D';
const MAIN = 'auto, best peer, limit';
const MAIN_ROLES = ['auto', 'best peer', 'limit'];
const state = {
  run: '0',
  shape: NO_SWEEP,
  dtype: '',
  body: MAIN,
  threads: '',
  all: false
};                         // '': the first that there is
const charts = new Map();  // by canvas id

// Elements.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}
const byId = (id) => document.getElementById(id);

// Numbers with their units.
function digits(value, count = 3) {
  if (value === null || value === undefined) return '–';
  if (value === 0) return '0';
  return value >= 1e5 || value < 1e-3 ? value.toExponential(count - 1) :
                                        String(Number(value.toPrecision(count)));
}
function time(seconds) {
  const unit =
      [['s', 1], ['ms', 1e-3], ['us', 1e-6]].find(([, size]) => seconds >= size) ?? ['ns', 1e-9];
  return `${digits(seconds / unit[1])} ${unit[0]}`;
}
const elements = (row) => row.flops / 4;
const nanoseconds = (row) => `${digits(1e9 * row.seconds / elements(row))} ns`;
const gigabytes = (row) => `${digits(row.bytes / row.seconds / 1e9)} GB/s`;
const gigaflops = (row) => `${digits(row.flops / row.seconds / 1e9)} Gflop/s`;
const factor = (value) => (value === null ? 'unknown' : `x ${digits(value)}`);

function variant(row) {
  const kind = {limit: 'limit ', peer: 'peer '}[row.quantity] ?? '';
  const isa = row.picked !== '' ? `: ${row.picked.replace(`/${row.dtype}`, '')}` :
      row.isa === 'any' ? '' :
                          `/${row.isa}`;
  return kind + row.body + isa + (row.quantity === 'loss_gradient' ? ', with the loss' : '') +
      (row.stride === row.cols ? '' : `, stride ${row.stride}`);
}

// What the filters let through: `keys` are those that a table or chart obeys.
function passes(row, keys) {
  const tests = {
    dtype: () => state.dtype === ALL || row.dtype === state.dtype,
    threads: () => state.threads === ALL || row.threads === state.threads,
    shape: () => state.shape === ALL || (state.shape === NO_SWEEP && !row.sweep) ||
        (state.shape === SWEEP && row.sweep) || row.shape === state.shape,
    body: () => state.body === ALL || (state.body === MAIN && MAIN_ROLES.includes(row.role)) ||
        `${row.quantity === 'loss_gradient' ? 'gradient' : row.quantity} ${row.body}` ===
            state.body,
  };
  return keys.every((key) => tests[key]());
}
const EVERY = ['dtype', 'threads', 'shape', 'body'];

// The facts of each run.
function writeFacts() {
  const box = byId('facts');
  box.replaceChildren();
  for (const run of runs) {
    const list = make('dl');
    for (const [name, value] of run.facts) list.append(make('dt', {}, name), make('dd', {}, value));
    const notes = run.notes.map((note) => make('p', {class: 'soft'}, `Note: ${note}`));
    if (run.interrupted) {
      box.append(
          make('p', {class: 'warning'}, `${run.title}: the run was interrupted before its end.`));
    }
    const wrong = run.rows.filter((row) => row.failure !== '').length;
    if (wrong > 0) {
      box.append(make(
          'p', {class: 'warning'},
          `${run.title}: ${wrong} of ${
              run.rows.length} benchmarks failed; choose ‘all’ benchmarks to see them.`));
    }
    const summary =
        make('summary', {}, `${run.title}: ${run.rows.length} benchmarks, ${run.facts[1][1]}`);
    const details = make('details', {}, summary, list, ...notes);
    details.open = runs.length === 1 && window.innerWidth > 640;
    box.append(details);
  }
}

// The filters, of what the chosen run has.
function select(name, label, options) {
  const values = options.map((option) => (Array.isArray(option) ? option : [option, option]));
  if (!values.some(([value]) => value === state[name])) state[name] = values[0][0];
  const box = make('select', {id: `filter-${name}`});
  for (const [value, text] of values) {
    const option = make('option', {value}, text);
    option.selected = value === state[name];
    box.append(option);
  }
  box.addEventListener('change', () => {
    state[name] = box.value;
    state.all = false;
    if (name === 'run') writeFilters();
    writeAll();
  });
  return make('label', {for: box.id
  }, label, box);
}
function distinct(values) {
  return [...new Set(values)];
}
function writeFilters() {
  const {rows} = runs[Number(state.run)];
  const plain = rows.filter((row) => !row.sweep).map((row) => row.shape);
  const bodies = rows.map(
      (row) => `${row.quantity === 'loss_gradient' ? 'gradient' : row.quantity} ${row.body}`);
  const fields = [
    select(
        'shape', 'Shape (N x D)',
        [NO_SWEEP, ...(plain.length < rows.length ? [SWEEP] : []), ALL, ...distinct(plain)]),
    select('dtype', 'Type', [...distinct(rows.map((row) => row.dtype)).sort(), ALL]),
    select('threads', 'Threads', [...distinct(rows.map((row) => row.threads)), ALL]),
    select('body', 'Benchmark', [MAIN, ALL, ...distinct(bodies).sort()]),
  ];
  if (runs.length > 1) {
    fields.unshift(select('run', 'Run', runs.map((run, i) => [String(i), run.title])));
  }
  byId('filters').replaceChildren(...fields);
}

// Tables: the header's texts, and rows of cells; a cell is a text, or [text, class].
function fillTable(table, header, rows) {
  const cell = (tag, content) => {
    const [text, kind] = Array.isArray(content) ? content : [content, ''];
    return make(tag, {...(kind && {class: kind}), ...(tag === 'th' && {scope: 'col'})}, text);
  };
  const body = make('tbody');
  for (const {cells, kind} of rows) {
    body.append(
        make('tr', kind ? {class: kind} : {}, ...cells.map((content) => cell('td', content))));
  }
  const head = make('thead', {}, make('tr', {}, ...header.map((content) => cell('th', content))));
  table.replaceChildren(head, body);
}
function rowCells(row) {
  const name = [[row.shape, 'text'], [variant(row), 'text'], row.dtype, row.threads];
  if (row.failure !== '') return [...name, [`WRONG: ${row.failure}`, 'text warning']];
  return [
    ...name, time(row.seconds), nanoseconds(row), gigabytes(row), gigaflops(row),
    digits(row.limit_fraction), row.vs_best_peer === null ? '–' : `x ${digits(row.vs_best_peer)}`,
    digits(row.error_of_bound, 2), [row.level, 'text']
  ];
}
function writeTable() {
  const {rows} = runs[Number(state.run)];
  const shapes = new Map();
  for (const row of rows)
    if (!shapes.has(row.shape)) shapes.set(row.shape, shapes.size);
  const order =
      (row) => [row.dtype, shapes.get(row.shape), row.threads, row.role === 'auto' ? 0 : 1];
  const compare = (a, b) => {
    const [x, y] = [order(a), order(b)];
    const at = x.findIndex((value, i) => value !== y[i]);
    return at < 0 ? (a.seconds ?? 0) - (b.seconds ?? 0) : x[at] < y[at] ? -1 : 1;
  };
  const chosen = rows.filter((row) => passes(row, EVERY)).sort(compare);
  const shown = state.all ? chosen : chosen.slice(0, MOST_ROWS);
  fillTable(
      byId('table'),
      [
        ['shape', 'text'], ['benchmark', 'text'], 'type', 'threads', 'time', 'per element', 'read',
        'arithmetic', 'of limit', 'vs best peer', 'error/bound', ['data in', 'text']
      ],
      shown.map((row) => ({cells: rowCells(row), kind: row.role.replace(' ', '-')})));
  byId('count').textContent = chosen.length === 0 ?
      (rows.length === 0 ? 'This result has no benchmarks.' : 'No benchmark passes the filters.') :
      `${shown.length} of ${rows.length} benchmarks of ${runs[Number(state.run)].title}` +
          (shown.length < chosen.length ?
               `; ${chosen.length - shown.length} more pass the filters` :
               '');
  byId('all').hidden = shown.length === chosen.length;
  byId('all').textContent = `Show all ${chosen.length} benchmarks`;
}
