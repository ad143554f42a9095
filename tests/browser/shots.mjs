// Pictures of every page, for docs/ and the README: node tests/browser/shots.mjs FOLDER
import fs from 'node:fs';
import { chromium } from './chromium.mjs';
import { demo } from './world.mjs';

const folder = process.argv[2] ?? 'docs/screenshots';
const only = process.argv[3];
fs.mkdirSync(folder, { recursive: true });
const pages = world => ({ overview: '', table: '?view=table', job: 'jobs/birthday-daily', run: `runs/${world.failed.id}`, runs: 'runs', config: 'config',
  new: 'new?name=Visitor+Bot&id=visitor-new&bot_type=visitor&schedule_type=weekly&day=mon&day=wed&day=fri&at=14:30&tz=Europe/Paris&enabled=on' });
const browser = await chromium();
for (const [lang, theme] of [['fr', 'light'], ['fr', 'dark'], ['en', 'light'], ['en', 'dark']]) {
  const world = await demo(lang);
  for (const width of [1360, 390]) {
    const context = await browser.newContext({ viewport: { width, height: width === 390 ? 844 : 900 }, deviceScaleFactor: 1 });
    const page = await context.newPage();
    for (const [name, route] of Object.entries(pages(world))) {
      const file = `${name}-${lang}-${theme}${width === 390 ? '-phone' : ''}.png`;
      if (only && !file.match(only)) continue;
      await page.goto(world.url + route + (route.includes('?') ? '&' : '?') + `lang=${lang}&theme=${theme}`);
      await page.screenshot({ path: `${folder}/${file}`, fullPage: true });
    }
    await context.close();
  }
  await world.end();
}
await browser.close();
