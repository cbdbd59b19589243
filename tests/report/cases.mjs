// What pages are made of, and what has to be on each: the results that are kept, and made-up ones.
import fs from 'node:fs';
import path from 'node:path';

import {clocked, interrupted, manyShapes, nothing, one, slower, throughCaches} from './results.mjs';

const SINGLE = ['roofline', 'over_d', 'over_d_memory', 'accuracy', 'scaling'];

const contextOf = (file) => JSON.parse(fs.readFileSync(file)).context;
function stored(sources) {
  const root = path.join(sources, 'results');
  return fs.readdirSync(root, {recursive: true})
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => path.join(root, name))
      .filter((file) => contextOf(file).logigrad_plan === 'full');
}

// Each: results, the charts that have to be there, and what else must hold. Made-up results are
// written into `directory`; `sources` is the root of the project.
export function cases(directory, sources) {
  const write = (name, result) => {
    const file = path.join(directory, name);
    fs.writeFileSync(file, JSON.stringify(result));
    return file;
  };
  const kept = stored(sources);
  const full = [...SINGLE, 'over_nd_28', 'over_nd_256'];
  const made = write('made.json', manyShapes());
  const clocks = kept.map((file) => Number(contextOf(file).logigrad_clock_hz) > 0);
  const baseline = Math.max(0, clocks.indexOf(true));
  const others = kept.map((_, i) => `why-${i}`).filter((_, i) => i !== baseline);
  return [
    {name: 'stored-one', results: kept.slice(0, 1), charts: full},
    {name: 'stored-all', results: kept, charts: [...full, 'machines', ...others]},
    {
      name: 'nothing',
      results: [write('nothing.json', nothing())],
      charts: [],
      text: 'has no benchmarks'
    },
    {name: 'one', results: [write('one.json', one())], charts: ['roofline', 'accuracy']},
    {
      name: 'interrupted',
      results: [write('interrupted.json', interrupted())],
      charts: ['roofline'],
      text: 'was interrupted before its end'
    },
    {
      name: 'machines',
      results: [made, write('slower.json', slower())],
      charts: ['roofline', 'machines', 'why-1'],
      text: [
        'All are compared with made-2-00000000, the first of them: none has a measured clock',
        'unknown'
      ],
      factors: {'why-1': {'clock': null, 'work per clock': null, 'speed': 1 / 1.5}}
    },
    {
      name: 'clocks',
      results: [
        made, write('old.json', clocked('old', 2e9, 1.25)),
        write('new.json', clocked('new', 3e9, 0.5))
      ],
      charts: ['machines', 'why-0', 'why-2'],
      text: 'All are compared with old-2-22222222, the first of them with a measured clock',
      factors: {
        'why-0': {'clock': null, 'work per clock': null, 'clock x work per clock': 1.25},
        'why-2': {'clock': 1.5, 'work per clock': 5 / 3, 'memory': 1, 'threads': 1}
      }
    },
    {
      name: 'caches',
      results: [write('caches.json', throughCaches())],
      charts: ['over_nd_28', 'over_d'],
      marks: {
        // in elements, as the page has them: of six digits
        over_nd_28: {
          lines: [['L1d, 32 KiB', 8192], ['L2, 1 MiB', 262144], ['L3, 8 MiB', 2097150]],
          outside: []
        },
        over_d:
            {lines: [['L1d, 32 KiB', 4096]], outside: ['L2, 1 MiB, at 131k', 'L3, 8 MiB, at 1.05M']}
      }
    },
  ];
}
