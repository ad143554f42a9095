// Pictures of the pages, for docs/ and the README: node tests/browser/shots.mjs [FOLDER [PATTERN]]; without a pattern those
// that docs/ keeps.
import fs from 'node:fs';
import { chromium } from './chromium.mjs';
import { demo } from './world.mjs';

const folder = process.argv[2] ?? 'docs/screenshots';
const only = process.argv[3] ?? '^(overview-en-light|overview-fr-dark|overview-fr-light-phone|job-fr-light|run-en-dark|runs-fr-light|config-en-light|new-fr-light)\\.png$';
fs.mkdirSync(folder, { recursive: true });
const pages = world => ({ overview: '', table: '?view=table', job: 'jobs/birthday-daily', run: `runs/${world.failed.id}`, runs: 'runs', config: 'config', settings: 'settings',
  new: 'new?name=Visitor+Bot&id=visitor-new&bot_type=visitor&schedule_type=weekly&day=mon&day=wed&day=fri&at=14:30&tz=Europe/Paris&enabled=on' });
const browser = await chromium();
for (const [lang, theme] of [['fr', 'light'], ['fr', 'dark'], ['en', 'light'], ['en', 'dark']]) {
  if (![1360, 390].some(width => Object.keys(pages({ failed: {} })).some(name => `${name}-${lang}-${theme}${width === 390 ? '-phone' : ''}.png`.match(only)))) continue;
  const world = await demo(lang);
  for (const width of [1360, 390]) {
    const context = await browser.newContext({ viewport: { width, height: width === 390 ? 844 : 900 }, deviceScaleFactor: 1 });
    const page = await context.newPage();
    for (const [name, route] of Object.entries(pages(world))) {
      const file = `${name}-${lang}-${theme}${width === 390 ? '-phone' : ''}.png`;
      if (!file.match(only)) continue;
      await page.goto(world.url + route + (route.includes('?') ? '&' : '?') + `lang=${lang}&theme=${theme}`);
      await page.screenshot({ path: `${folder}/${file}`, fullPage: name !== 'runs' && width !== 390 });
    }
    await context.close();
  }
  await world.end();
}
await browser.close();
