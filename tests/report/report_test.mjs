// The page of `logigrad report`, looked at in a browser: at 1280 and 390 pixels, light and dark.
//
//   node report_test.mjs PROGRAM SOURCES MODULES [SCREENSHOTS]
//
// MODULES is where tools/setup.sh --with-report-tests has put node_modules. Exits with 77, skipped,
// without it, or without Chromium. Into the directory SCREENSHOTS, if it is given, goes what was
// seen.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import {createRequire} from 'node:module';
import os from 'node:os';
import path from 'node:path';
import {pathToFileURL} from 'node:url';

import {cases} from './cases.mjs';
import * as expectations from './expectations.mjs';

const {
  expectCharts,
  expectColours,
  expectEveryBenchmark,
  expectFactors,
  expectFits,
  expectKeyboard,
  expectMarks,
  expectTooltip
} = expectations;
const [program, sources, modules, screenshots] = process.argv.slice(2);
const BROWSER =
    ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((file) => fs.existsSync(file));

function skip(what) {
  console.log(`skipped: for want of ${what} (tools/setup.sh --with-report-tests)`);
  process.exit(77);
}

function driver() {
  try {
    return createRequire(path.resolve(modules, 'package.json'))('playwright-core').chromium;
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    return skip('playwright-core');
  }
}

const ARGUMENTS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'
];
const SIZES = [{width: 1280, height: 900}, {width: 390, height: 844}];

async function look(page, test, size, scheme) {
  const seen = [];
  const listen = (event, text) => page.on(event, (value) => seen.push(`${event}: ${text(value)}`));
  listen('pageerror', (error) => error.stack);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) seen.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (request.url() !== test.url) seen.push(`request: ${request.url()}`);
  });
  await page.setViewportSize(size);
  await page.emulateMedia({colorScheme: scheme});
  await page.goto(test.url);
  await page.waitForFunction(() => document.querySelectorAll('#charts figure').length > 0);
  await expectFits(page, size.width);
  await expectCharts(page, test.charts);
  for (const text of [test.text ?? []].flat())
    assert.ok((await page.innerText('body')).includes(text), `no '${text}'`);
  if (test.charts.includes('roofline')) await expectTooltip(page, 'roofline');
  if (test.charts.includes('machines')) await expectColours(page, test.results.length);
  await expectFactors(page, test.factors ?? {});
  await expectMarks(page, test.marks ?? {});
  await expectKeyboard(page);
  if (screenshots && !test.faulty) {
    await page.mouse.move(0, 0);
    await page.evaluate(() => window.scrollTo(0, 0));  // the filters stay in sight: no chart below
    await page.screenshot(
        {path: path.join(screenshots, `${test.name}-${size.width}-${scheme}.png`), fullPage: true});
  }
  assert.deepEqual(seen, [], 'the page is quiet');
}

// The filters of a page with thousands of benchmarks, and that a colour follows the scheme.
async function use(page, test) {
  await page.setViewportSize({width: 1280, height: 900});
  await page.goto(test.url);
  const rows = () => page.locator('#table tbody tr').count();
  const main = await rows();
  await page.selectOption('#filter-body', 'all');
  assert.equal(await rows(), 200, 'as many as are shown unless all are asked for');
  await page.click('#all');
  assert.ok(await rows() > Math.max(200, main), 'all');
  await page.selectOption('#filter-body', 'peer eigen');
  const names = await page.locator('#table tbody td:nth-child(2)').allInnerTexts();
  assert.ok(names.length > 0 && names.every((name) => name === 'peer eigen'), names.join());
  await page.selectOption('#filter-body', 'auto, best peer, limit');
  for (const name of ['shape', 'dtype', 'threads', 'body'])
    await page.selectOption(`#filter-${name}`, 'all');
  await expectEveryBenchmark(page, JSON.parse(fs.readFileSync(test.results[0])));
  await expectTooltip(page, 'roofline');
  const colour = () =>
      page.evaluate(() => Chart.getChart('chart-roofline').options.scales.x.ticks.color);
  await page.emulateMedia({colorScheme: 'light'});
  const light = await colour();
  await page.emulateMedia({colorScheme: 'dark'});
  await page.waitForFunction(
      (before) => Chart.getChart('chart-roofline')?.options.scales.x.ticks.color !== before, light);
}

// A judge that finds nothing wrong in a page that is broken is none.
const FAULTS = [
  ['a chart without points', /data: points\.map\(/, 'data: [].map(', /not drawn|null|undefined/],
  ['a network request', /^writeFacts\(\);$/m, 'new Image().src = "http://127.0.0.1:9/";', /quiet/],
  ['an error', /^writeFacts\(\);$/m, 'setTimeout(() => missing());', /quiet/],
  ['a wide page', '.plot {', '.plot { min-width: 1300px;', /wider than/],
  ['focus that is not seen', 'outline: 3px solid', 'outline: 0 none', /not seen/],
  [
    'axes without units', 'title: {display: true, text: label', 'title: {display: true, text: ""',
    /with a title/
  ],
  [
    'a legend that is cut off', 'usePointStyle: true', 'usePointStyle: true, font: {size: 60}',
    /cut off/
  ],
  ['bars without a legend', 'legend: legendOf(sets),', '', /the legend of machines/],
  ['two runs of one colour', '--run-2: #d55e00', '--run-2: #0072b2', /stands twice/],
  ['a pale colour', '--run-8: #3c3c3c', '--run-8: #cccccc', /a contrast of 1/],
  ['a silent tooltip', 'tooltip: {callbacks: tooltip}', 'tooltip: {enabled: true}', /per element/],
];
async function expectFaultsFound(context, test, directory) {
  const html = fs.readFileSync(new URL(test.url), 'utf8');
  for (const [what, from, to, message] of FAULTS) {
    const broken = html.replace(from, to);
    assert.ok(broken !== html, `the fault '${what}' is not put in`);
    const file = path.join(directory, 'broken.html');
    fs.writeFileSync(file, broken);
    const page = await context.newPage();
    page.setDefaultTimeout(5000);
    const url = pathToFileURL(file).href;
    await assert.rejects(
        look(page, {...test, url, faulty: true}, SIZES[1], 'light'), message, what);
    await page.close();
  }
}

async function main() {
  if (!BROWSER) skip('Chromium');
  const chromium = driver();
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'logigrad-report-'));
  if (screenshots) fs.mkdirSync(screenshots, {recursive: true});
  let looks = 0;
  try {
    const profile = path.join(directory, 'profile');
    const context =
        await chromium.launchPersistentContext(profile, {executablePath: BROWSER, args: ARGUMENTS});
    for (const test of cases(directory, sources)) {
      const file = path.join(directory, `${test.name}.html`);
      execFileSync(program, ['report', ...test.results, '--output', file]);
      test.url = pathToFileURL(file).href;
      for (const size of SIZES) {
        for (const scheme of ['light', 'dark']) {
          const page = await context.newPage();
          try {
            await look(page, test, size, scheme);
          } catch (error) {
            error.stack = `${test.name}, ${size.width} px, ${scheme}: ${error.stack}`;
            throw error;
          }
          await page.close();
          ++looks;
        }
      }
      if (test.name === 'stored-one') await use(await context.newPage(), test);
      if (test.name === 'machines') await expectFaultsFound(context, test, directory);
    }
    await context.close();
  } finally {
    fs.rmSync(directory, {recursive: true, force: true, maxRetries: 5, retryDelay: 200});
  }
  console.log(`${looks} views looked at, ${FAULTS.length} faults found`);
}

await main();
