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
        return {
          id,
          sets,
          label: canvas.getAttribute('aria-label'),
          titled,
          type: chart.config.type
        };
      }));
  for (const {id, nothing, sets, label, titled, type} of figures) {
    if (nothing !== undefined) {
      assert.ok(nothing.length > 10, `${id} is empty and does not say why`);
      continue;
    }
    assert.ok(label.length > 20, `${id} has no text for who cannot see it`);
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
