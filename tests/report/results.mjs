// Made-up results, as logigrad_bench writes them.
const CONTEXT = {
  date: '2026-11-26T00:00:00+00:00',
  library_build_type: 'debug',
  logigrad_schema: '1',
  logigrad_machine_key: 'made-2-00000000',
  logigrad_build_type: 'Release',
  logigrad_revision: '0123abcd',
  logigrad_cpu_model: 'Made up',
  logigrad_logical_cpus: '2',
  logigrad_l1d_bytes: '32768',
  logigrad_l2_bytes: '1048576',
  logigrad_l3_bytes: '8388608',
  logigrad_compiler: 'gcc 12.2.0',
};

function entry(name, nanoseconds, more = {}) {
  return {
    name,
    run_type: 'iteration',
    real_time: nanoseconds,
    cpu_time: nanoseconds,
    time_unit: 'ns',
    iterations: 10,
    round_1: nanoseconds * 1e-9,
    ...more
  };
}

export const nothing = () => ({context: CONTEXT, benchmarks: []});

// Its label would end the script that holds it, and ask the network for a picture.
export function one() {
  const label = '</script><img src="http://127.0.0.1:9/x"><!--<script>';
  return {
    context: CONTEXT,
    benchmarks:
        [entry('gradient/auto/sse2/f32/N:100/D:28/threads:1', 700, {label, error_of_bound: 0.001})]
  };
}

export function interrupted() {
  const note = 'interrupted by SIGINT: 1 of 9 benchmarks were measured';
  return {
    context: {...CONTEXT, logigrad_interrupted: 'true', logigrad_note_1: note},
    benchmarks: [
      entry('limit/read_1/sse2/f32/N:100/D:28/threads:1', 100), {
        name: 'gradient/row/sse2/f32/N:100/D:28/threads:1',
        run_type: 'iteration',
        error_occurred: true,
        error_message: 'off by 3 <b>bounds</b>'
      }
    ]
  };
}

export function manyShapes(slowness = 1, changes = {}) {
  const benchmarks = [];
  for (const rows of [100, 2000, 5000, 1000000]) {
    for (const threads of ['1', '2', 'default']) {
      const time = slowness * rows * 28 * (rows > 5000 ? 2 : 1) / (threads === '1' ? 4 : 7);
      benchmarks.push(entry(`gradient/auto/sse2/f32/N:${rows}/D:28/threads:${threads}`, time));
    }
    benchmarks.push(entry(`peer/eigen/any/f32/N:${rows}/D:28/threads:1`, rows * 28));
    benchmarks.push(entry(`limit/read_4/sse2/f32/N:${rows}/D:28/threads:1`, rows * 28 / 8));
  }
  return {context: {...CONTEXT, ...changes}, benchmarks};
}

// Over N D and over D through the sizes of the caches; the sweep over D only through that of L1d.
export function throughCaches() {
  const automatic = (rows, cols, more) =>
      entry(`gradient/auto/sse2/f32/N:${rows}/D:${cols}/threads:1`, rows * cols / 4, more);
  const sizes = [100, 1000, 5000, 20000, 100000, 500000].map((rows) => automatic(rows, 28));
  const sweep = [1000, 3000, 9000, 20000].map((cols) => automatic(16, cols, {group: 1}));
  return {context: CONTEXT, benchmarks: [...sizes, ...sweep]};
}

export const clocked = (name, hertz, slowness) => manyShapes(
    slowness, {logigrad_machine_key: `${name}-2-22222222`, logigrad_clock_hz: String(hertz)});

export const slower = () => manyShapes(1.5, {logigrad_machine_key: 'other-4-11111111'});
