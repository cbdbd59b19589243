// What holds of every view of the page.
import assert from 'node:assert/strict';

// Nothing is wider than the window; what has to be scrolls in a box of its own.
export async function expectFits(page, width) {
  const wide = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= limit) return [];
    return [...document.querySelectorAll('body *')]
        .filter(
            (element) =>
                !element.closest('.scroll') && element.getBoundingClientRect().right > limit + 1)
        .map((element) => `${element.tagName}#${element.id}.${element.className}`);
  });
  assert.deepEqual(wide, [], `wider than ${width} pixels`);
}

// Every figure has a chart, or says why not; those that are expected have points, and each of a
// chart's series has left pixels where a point of it is.
export async function expectCharts(page, expected) {
  await page.waitForFunction(
      () => [...document.querySelectorAll('figure canvas')].every(
          (canvas) => Chart.getChart(canvas)));
  const figures =
      await page.evaluate(() => [...document.querySelectorAll('figure')].map((figure) => {
        const id = figure.id.replace('figure-', '');
        const canvas = figure.querySelector('canvas');
        if (!canvas) return {id, nothing: figure.querySelector('.nothing')?.textContent ?? ''};
        const chart = Chart.getChart(canvas);
        const scale = chart.currentDevicePixelRatio;
        const {data, width} =
            canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const drawn = (x, y) => data[4 * (y * width + x) + 3] > 0;
        const near = [-2, -1, 0, 1, 2];
        const inked = ({x, y}) => near.some(
            (dx) =>
                near.some((dy) => drawn(Math.round(x * scale) + dx, Math.round(y * scale) + dy)));
        const sets = chart.data.datasets.map(
            (set, i) => ({
              label: set.label,
              points: set.data.filter((value) => value !== null).length,
              inked: chart.getDatasetMeta(i)
                         .data.filter((element) => Number.isFinite(element.x))
                         .some(inked),
            }));
        const titled =
            Object.values(chart.options.scales).filter((scale) => scale.title?.text).length;
        const items = chart.options.plugins.legend.display === false ?
            [...figure.querySelectorAll('.legend li')].map((item) => item.textContent) :
            chart.legend.legendItems.map((item) => item.text);
        return {
          id,
          sets,
          items,
          cut: (chart.legend?.legendHitBoxes ?? [])
                   .filter(({left, width}) => left < 0 || left + width > chart.width)
                   .length,
          label: canvas.getAttribute('aria-label'),
          titled,
          type: chart.config.type
        };
      }));
  for (const {id, nothing, sets, items, cut, label, titled, type} of figures) {
    if (nothing !== undefined) {
      assert.ok(nothing.length > 10, `${id} is empty and does not say why`);
      continue;
    }
    assert.ok(label.length > 20, `${id} has no text for who cannot see it`);
    assert.equal(cut, 0, `texts of the legend of ${id} that are cut off`);
    assert.deepEqual(items, sets.map((set) => set.label), `the legend of ${id}`);
    assert.equal(titled, type === 'bar' ? 1 : 2, `axes of ${id} with a title`);
    assert.ok(
        sets.length > 0 && sets.every((set) => set.points > 0 && set.inked),
        `${id}: ${JSON.stringify(sets)}`);
  }
  const drawn = figures.filter((figure) => figure.nothing === undefined).map((figure) => figure.id);
  assert.deepEqual(
      expected.filter((id) => !drawn.includes(id)), [], `not drawn; drawn are ${drawn}`);
}

// The last series' first point says what it is when the mouse is on it.
export async function expectTooltip(page, id) {
  await page.locator(`#chart-${id}`).scrollIntoViewIfNeeded();
  const place = await page.evaluate((name) => {
    const chart = Chart.getChart(`chart-${name}`);
    const sets = chart.data.datasets.map((set, i) => [set, i])
                     .filter(([set]) => !set.role.startsWith('roof '));
    const point = chart.getDatasetMeta(sets.at(-1)[1]).data[0];
    const box = chart.canvas.getBoundingClientRect();
    return {x: box.left + point.x, y: box.top + point.y};
  }, id);
  await page.mouse.move(place.x, place.y);
  await page.waitForFunction((name) => Chart.getChart(`chart-${name}`).tooltip?.opacity > 0, id);
  const text = await page.evaluate((name) => {
    const {title, body} = Chart.getChart(`chart-${name}`).tooltip;
    return [...title, ...body.flatMap((item) => item.lines)].join('\n');
  }, id);
  assert.match(text, /per element/);
  assert.match(text, /GB\/s/);
}

// With every filter open each benchmark that has a time is a point of the roofline, once, and says
// what it is. `result` is the file that the page was made of.
export async function expectEveryBenchmark(page, result) {
  await page.waitForFunction(() => Chart.getChart('chart-roofline'));
  const points = await page.evaluate(() => {
    const chart = Chart.getChart('chart-roofline');
    const {title, label} = chart.options.plugins.tooltip.callbacks;
    return chart.data.datasets.filter(({role}) => !role.startsWith('roof '))
        .flatMap((dataset) => dataset.data.map((raw) => ({
                                                 row: raw.row,
                                                 place: [raw.x, raw.y],
                                                 title: title([{raw, dataset}]),
                                                 text: label({raw, dataset}).join('\n')
                                               })));
  });
  const timed = result.benchmarks.filter((entry) => !entry.error_occurred);
  assert.equal(points.length, timed.length, 'points of the roofline, and benchmarks with a time');
  assert.equal(new Set(points.map(({row}) => row)).size, timed.length, 'each of them once');
  for (const {place, title, text} of points) {
    assert.ok(place.every((value) => value > 0), `${title} is drawn at ${place}`);
    assert.ok(title.length > 3 && /^\d+x\d+ /.test(text), `${title}: ${text}`);
    assert.match(text, /per element\n.* GB\/s, .* Gflop\/s/);
  }
}

// The caches of a chart are lines in it, or named below its title if they lie outside: `expected`
// holds for each chart where they are, by their names, and whether a line is there.
export async function expectMarks(page, expected) {
  const found = await page.evaluate(
      (ids) => Object.fromEntries(
          ids.map((id) => [id, {
                    lines: Chart.getChart(`chart-${id}`)
                               .data.datasets.filter(({role}) => role === 'mark')
                               .map(({label, data}) => [label, data[0].x]),
                    text: document.querySelector(`#figure-${id} figcaption`).textContent
                  }])),
      Object.keys(expected));
  for (const [id, {lines, outside}] of Object.entries(expected)) {
    assert.deepEqual(found[id].lines, lines, `the caches in ${id}`);
    const words = /Outside of this chart: (.*)\.$/.exec(found[id].text)?.[1].split('; ') ?? [];
    assert.deepEqual(words, outside, `the caches beside ${id}`);
  }
}

// The bars of as many runs as the page has colours for differ from each other, and from the page as
// WCAG 2.1 demands of graphics (1.4.11: a contrast of 3).
export async function expectColours(page, runs) {
  const {bars, all, back} = await page.evaluate(
      () => ({
        bars: Chart.getChart('chart-machines').data.datasets.map((set) => set.backgroundColor),
        all: Array.from({length: RUN_COLOURS}, (_, i) => colour(`run ${i + 1}`)),
        back: colour('back')
      }));
  assert.equal(new Set(bars).size, runs, `a colour of bars stands twice: ${bars}`);
  assert.ok(bars.every((bar) => all.includes(bar)), `bars of other colours: ${bars}`);
  assert.equal(new Set(all).size, 8, `eight colours: ${all}`);
  const luminance =
      (text) => [1, 3, 5]
                    .map((at) => Number.parseInt(text.slice(at, at + 2), 16) / 255)
                    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
                    .reduce((sum, c, i) => sum + [0.2126, 0.7152, 0.0722][i] * c, 0);
  for (const one of all) {
    const [low, high] = [one, back].map(luminance).sort((a, b) => a - b);
    const contrast = (high + 0.05) / (low + 0.05);
    assert.ok(contrast >= 3, `${one} on ${back} has a contrast of ${contrast}`);
  }
}

// The factors that a chart of "why" has bars of: each as `expected` says, null if it has none.
export async function expectFactors(page, expected) {
  for (const [id, factors] of Object.entries(expected)) {
    const sets = await page.evaluate(
        (name) =>
            Chart.getChart(`chart-${name}`).data.datasets.map(({label, data}) => [label, data]),
        id);
    for (const [label, ratio] of Object.entries(factors)) {
      const values = sets.find(([name]) => name === label)?.[1] ?? null;
      if (ratio === null) {
        assert.equal(values, null, `${id} has bars of ${label}`);
        continue;
      }
      assert.ok(values !== null, `${id} has no bars of ${label}`);
      assert.ok(
          values.every((value) => Math.abs(value / ratio - 1) < 1e-4),
          `${id}, ${label}: ${values}, expected ${ratio}`);
    }
  }
}

// The filters and the boxes that scroll are reached by the Tab key, and it is seen where one is.
export async function expectKeyboard(page) {
  await page.evaluate(() => document.activeElement.blur());
  const reached = [];
  for (let i = 0; i < 14; ++i) {
    await page.keyboard.press('Tab');
    reached.push(await page.evaluate(() => {
      const element = document.activeElement;
      return {
        name: element.id || element.className || element.tagName,
        seen: getComputedStyle(element).outlineStyle !== 'none'
      };
    }));
  }
  const names = reached.map(({name}) => name);
  for (const name of ['filter-shape', 'filter-dtype', 'filter-body', 'scroll'])
    assert.ok(names.includes(name), `${name} is not reached: ${names}`);
  assert.deepEqual(
      reached.filter(({name, seen}) => name !== 'BODY' && !seen), [], 'focus that is not seen');
}
