// The browser tests: every page in Chromium under the strict policy, in both languages and themes, wide and narrow, with axe;
// the journey from the form to a finished run; what breaks and mends. A failure names the page and what was seen.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { axeSource, chromium } from './chromium.mjs';
import { World, demo, until } from './world.mjs';

const only = process.argv[2];
const tests = [];
const test = (name, body) => tests.push([name, body]);
let browser;

// A page that fails the test for whatever the browser reports.
async function open(options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const reports = [];
  page.on('console', message => { if (!['log', 'debug'].includes(message.type())) reports.push(`${message.type()}: ${message.text()}`); });
  page.on('pageerror', error => reports.push(`error: ${error.message}`));
  page.reports = reports;
  return page;
}
const quiet = (page, where) => assert.deepEqual(page.reports, [], where);

const routes = world => ({
  overview: '', table: '?view=table', none: '?q=bithday&view=cards', paused: '?s=paused&view=cards', job: 'jobs/birthday-daily', cron: 'jobs/cert-renew', runs: 'runs', day: 'day', failed: 'runs?s=failed&days=all', search: 'runs?q=o',
  run: `runs/${world.failed.id}`, config: 'config', settings: 'settings', set: 'settings?form=1&set_tz=Mars&via=smtp&max_runs=0', new: 'new', edit: 'jobs/birthday-daily/edit?form=1&name=Other&bot_type=birthday&schedule_type=weekly&day=mon&at=9:00&tz=Europe/Paris',
  bad: 'new?form=1&name=&id=A&bot_type=visitor&schedule_type=cron&cron=61+8+*+*+*&limit=900&tz=Nowhere&env=x&on_exit=a', lost: 'jobs/nobody', norun: 'runs/nothing',
});

const reflows = page => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);

for (const [lang, theme] of [['fr', 'light'], ['en', 'dark'], ['fr', 'dark'], ['en', 'light']]) {
  test(`every page is quiet, accessible and fits: ${lang} ${theme}`, async () => {
    const world = await demo(lang);
    const live = (await world.json('scheduler/jobs/log-rotate')).running[0];
    try {
      for (const width of [1360, 390]) {
        const page = await open({ viewport: { width, height: 900 }, bypassCSP: false });
        await page.goto(`${world.url}?lang=${lang}&theme=${theme}`);
        for (const [name, route] of Object.entries({ ...routes(world), live: `runs/${live}` })) {
          const where = `${name} ${lang} ${theme} ${width}`;
          const answer = await page.goto(world.url + route);
          assert.equal(answer.status(), ['lost', 'norun'].includes(name) ? 404 : 200, where);
          assert.equal(await page.getAttribute('html', 'lang'), lang, where);
          assert.equal(await page.getAttribute('html', 'data-theme'), theme, where);
          assert.equal(await page.locator('h1').count(), 1, where);
          assert.ok(await reflows(page), `${where}: scrolls sideways`);
          if (name === 'edit' || name === 'bad' || name === 'new') await page.click('details.adv summary');
          page.reports.splice(0, page.reports.length, ...page.reports.filter(text => !(['lost', 'norun'].includes(name) && text.includes('404'))));
          quiet(page, where);
          const found = await axe(page);
          assert.deepEqual(found, [], where);
        }
        await page.context().close();
      }
    } finally { await world.end(); }
  });
}

// axe runs in an isolated world of the debugger, so the page keeps its policy.
async function axe(page) {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: 'axe' });
  await session.send('Runtime.evaluate', { expression: axeSource(), contextId: executionContextId });
  const run = "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then(r => r.violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')}`))";
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', { expression: run, contextId: executionContextId, awaitPromise: true, returnByValue: true });
  await session.detach();
  if (exceptionDetails) throw new Error(exceptionDetails.exception.description);
  return result.value;
}

test('no page scrolls sideways at 320 pixels', async () => {
  const world = await demo('fr');
  try {
    const page = await open({ viewport: { width: 320, height: 700 } });
    await page.goto(`${world.url}?lang=fr`);
    for (const [name, route] of Object.entries(routes(world))) {
      await page.goto(world.url + route);
      assert.ok(await reflows(page), `${name} scrolls sideways`);
    }
  } finally { await world.end(); }
});

test('an overview of nine jobs is light and needs few requests', async () => {
  const world = await demo('fr');
  try {
    const page = await open();
    const asked = [];
    page.on('request', request => asked.push(request.url()));
    await page.goto(`${world.url}?lang=fr`);
    await page.waitForLoadState('load');
    const { gzipSync } = await import('node:zlib');
    const weight = async route => gzipSync(Buffer.from(await (await fetch(world.url + route)).arrayBuffer()), { level: 9 }).length;
    const [cards, table] = [await weight('?view=cards'), await weight('?view=table')];
    assert.ok(cards <= 12000, `the overview is ${cards} bytes`);
    assert.ok(table <= 20000, `the table is ${table} bytes`);
    assert.ok(asked.length <= 5, asked.join('\n'));
    console.log(`    overview ${cards} bytes, table ${table} bytes, ${asked.length} requests`);
  } finally { await world.end(); }
});

test('the journey: form, file, card, run, output, result', async () => {
  const world = new World();
  await world.start();
  try {
    const page = await open({ locale: 'en-GB', viewport: { width: 1360, height: 900 } });
    await page.goto(world.url);
    await page.getByText('No schedule configured').waitFor();
    const form = await page.context().newPage();
    await form.goto(world.url + 'new');
    await form.getByText('Command', { exact: true }).click();
    await form.fill('[name=name]', 'Disk report');
    await until('an id is suggested', async () => (await form.inputValue('[name=id]')) === 'disk-report');
    await form.fill('[name=id]', 'disk');
    await form.fill('[name=at]', '25:00');
    await form.press('[name=at]', 'Tab');
    await form.locator('#e-at .errm').waitFor();
    assert.equal(await form.getAttribute('[name=at]', 'aria-invalid'), 'true');
    await form.fill('[name=at]', '08:05');
    await form.fill('[name=shell]', 'for n in 1 2 3; do echo "line $n"; sleep 0.3; done\necho \'{"messages_sent": 12}\' > "$JOBSD_RESULT"');
    await form.locator('#preview .st.ok').waitFor();
    await until('the file has no error', async () => (await form.locator('#e-at .errm').count()) === 0);
    assert.equal(await form.locator('#nextfires li').count(), 5);
    const [download] = await Promise.all([form.waitForEvent('download'), form.locator('.formacts button[formaction]').click()]);
    assert.equal(download.suggestedFilename(), 'disk.yaml');
    const yaml = fs.readFileSync(await download.path(), 'utf8');
    assert.match(yaml, /minute: 5\n/);
    world.job('disk', yaml);
    await page.locator('#job-disk').waitFor({ timeout: 20000 });
    assert.ok(await page.locator('#job-disk').getByText('Never run').isVisible());
    world.command('run', 'disk');
    await page.locator('#job-disk .st.run').first().waitFor({ timeout: 20000 });
    await page.locator('#job-disk .st.ok').waitFor({ timeout: 20000 });
    assert.match(await page.locator('#job-disk .kv').innerText(), /Success\s*\(12 sent\)/);
    await page.locator('#job-disk .st.ok').click();
    await page.getByText('line 3').waitFor();
    assert.match(await page.locator('#counters').innerText(), /12\s*sent/);
    // The same id again is refused, and an edit shows what it changes.
    await form.goto(world.url + 'new?form=1&name=x&id=disk&bot_type=command&shell=true&schedule_type=manual');
    assert.match(await form.locator('#e-id').innerText(), /already exists/);
    await form.goto(world.url + 'jobs/disk/edit');
    await form.fill('[name=at]', '09:05');
    await form.locator('#preview .l.new').first().waitFor();
    assert.equal(await form.locator('#preview .l.new').innerText(), '7\n+   hour: 9'.replace('7', (await form.locator('#preview .l.new i').innerText())));
    quiet(page); quiet(Object.assign(form, { reports: [] }));
  } finally { await world.end(); }
});

test('live output is followed', async () => {
  const world = new World();
  world.job('talk', 'name: Talk\nbot_type: command\nschedule_type: manual\nbot_config:\n  shell: "echo first; while [ ! -e go ]; do sleep 0.05; done; echo second"\n  stdin: ""\n');
  await world.start();
  try {
    world.command('run', 'talk');
    const id = await until('it runs', async () => (await world.json('scheduler/jobs/talk')).running[0]);
    const page = await open({ locale: 'en-GB' });
    await page.goto(world.url + 'runs/' + id);
    await page.locator('#output').getByText('first').waitFor({ timeout: 20000 });
    fs.writeFileSync(world.path('go'), '');
    await page.locator('#output').getByText('second').waitFor({ timeout: 20000 });
    await page.locator('h1 .st.ok').waitFor({ timeout: 20000 });
    quiet(page);
  } finally { await world.end(); }
});

test('attempts, counters, the error and the buttons of a run come as they change', async () => {
  const world = new World();
  const shell = 'while [ ! -e go$JOBSD_ATTEMPT ]; do sleep 0.05; done; echo \'{"messages_sent": 3, "error": "no \'$JOBSD_ATTEMPT\'"}\' > "$JOBSD_RESULT"';
  world.job('twice', `name: Twice\nbot_type: command\nschedule_type: manual\nretry:\n  max_attempts: 2\n  backoff_secs: 0\nbot_config:\n  shell: ${JSON.stringify(shell)}\n`);
  await world.start();
  try {
    world.command('run', 'twice');
    const id = await until('it runs', async () => (await world.json('scheduler/jobs/twice')).running[0]);
    const page = await open({ locale: 'en-GB', viewport: { width: 1360, height: 900 } });
    await page.goto(world.url + 'runs/' + id);
    const head = page.locator('#acts');
    assert.match(await head.innerText(), /Cancel run/);
    for (const part of ['attempts', 'counters', 'error']) assert.equal(await page.locator('#' + part).innerText(), '', part);
    fs.writeFileSync(world.path('go1'), '');
    await page.locator('.attempts li').nth(1).waitFor({ timeout: 20000 });
    assert.match(await page.locator('.attempts').innerText(), /Attempt 1\s*reported by the program[\s\S]*Attempt 2/);
    assert.equal(await page.locator('.attempts li[aria-current] .dot.run').count(), 1);
    assert.deepEqual(await axe(page), []);
    fs.writeFileSync(world.path('go2'), '');
    await page.locator('h1 .st.fail').waitFor({ timeout: 20000 });
    await page.locator('#error').getByText('no 2').waitFor();
    assert.match(await page.locator('#counters').innerText(), /6\s*sent/);
    assert.match(await head.innerText(), /Run now/);
    assert.equal(await page.locator('.attempts li .st.fail').count(), 2);
    await page.locator('.attempts').getByText('Attempt 2').click();
    assert.match(page.url(), /#A2$/);
    assert.ok(await page.locator('#A2').isVisible());
    quiet(page);
  } finally { await world.end(); }
});

test('what is left of limits is shown, with its marks', async () => {
  const world = await demo('en');
  try {
    const page = await open({ locale: 'en-GB', viewport: { width: 1360, height: 900 } });
    await page.goto(world.url);
    const card = page.locator('#job-birthday-daily');
    assert.match(await card.innerText(), /Left\s*15 in 7\sd\s*·\s*8 today/);
    assert.deepEqual(await card.locator('.lim').evaluateAll(list => list.map(e => e.className)), ['lim st warn', 'lim st ok']);
    assert.equal(await page.locator('#job-pg-backup .lim').count(), 0, 'no limit, nothing said');
    await page.goto(world.url + 'jobs/birthday-daily');
    assert.match(await page.locator('#limits').innerText(), /Last 7 days\s*15 of 70 left\s*78% used\s*Today\s*8 of 20 left\s*60% used/);
    const marks = await page.locator('#limits .limit').first().locator('line').evaluateAll(list => list.map(e => e.getBoundingClientRect().x - e.parentNode.getBoundingClientRect().x));
    const width = (await page.locator('#limits .limit > svg').first().boundingBox()).width;
    assert.deepEqual(marks.map(x => Math.round(x / width * 100)), [70, 90]);
    quiet(page);
  } finally { await world.end(); }
});

test('a bad edit is told until it is mended', async () => {
  const world = new World();
  const good = 'name: Steady\nbot_type: command\nbot_config:\n  command: [echo, hi]\nschedule_type: daily\nschedule_config:\n  hour: 3\ntimezone: UTC\n';
  world.job('steady', good);
  await world.start();
  try {
    const page = await open({ locale: 'fr-FR' });
    await page.goto(world.url);
    await page.getByText('Tout fonctionne.').waitFor();
    assert.equal(await page.locator('.attn').count(), 0);
    world.job('steady', good.replace('hour: 3', 'hour: 24'));
    await page.locator('.attn').getByText('est invalide').waitFor({ timeout: 20000 });
    assert.ok(await page.locator('#job-steady').getByText('Fichier invalide').isVisible());
    await page.goto(world.url + 'config');
    assert.match(await page.locator('.diag .path').innerText(), /steady\.yaml$/);
    assert.match(await page.locator('.diag').innerText(), /7:9[^]*reste active/);
    world.job('steady', good);
    await until('the finding goes', async () => (await page.locator('.diag .st.fail').count()) === 0);
    quiet(page);
  } finally { await world.end(); }
});

test('a lost connection is said, the data stay, and it mends by itself', async () => {
  const world = new World();
  world.job('steady', 'name: Steady\nbot_type: command\nbot_config:\n  command: [echo, hi]\nschedule_type: manual\n');
  await world.start();
  try {
    const page = await open({ locale: 'en-GB' });
    await page.goto(world.url);
    await page.getByText('Live updates').waitFor();
    await world.stop();
    await page.locator('#lost').getByText('Connection lost').waitFor({ timeout: 30000 });
    assert.ok(await page.locator('#job-steady').isVisible());
    await world.start();
    await page.locator('#lost').waitFor({ state: 'detached', timeout: 60000 });
    world.job('fresh', 'name: Fresh\nbot_type: command\nbot_config:\n  command: [echo, hi]\nschedule_type: manual\n');
    await page.locator('#job-fresh').waitFor({ timeout: 30000 });
  } finally { await world.end(); }
});

test('without script every page says the same and the form works', async () => {
  const world = await demo('en');
  try {
    const page = await open({ javaScriptEnabled: false, locale: 'en-GB' });
    const other = await open({ locale: 'en-GB' });
    for (const [name, route] of Object.entries(routes(world))) {
      if (['new', 'bad', 'edit', 'settings', 'set'].includes(name)) continue;
      await page.goto(world.url + route);
      await other.goto(world.url + route);
      const clean = text => text.replace(/\d+(\.\d)?\s?(s|min)/g, '').replace(/reloaded.*|Times:.*|up for.*|just now|Running for.*/g, '').replace(/\s+/g, ' ');
      const text = async p => clean(await p.locator('main').innerText());
      const [bare, full] = [await text(page), await text(other)];
      assert.equal(bare.replaceAll('Show ', ''), full, name);
    }
    await page.goto(world.url);
    await page.locator('#job-birthday-daily summary').first().click();
    assert.ok(await page.getByText('jobsd run birthday-daily --dry-run').isVisible());
    await page.goto(world.url + 'new');
    await page.getByText('Visitor Bot', { exact: true }).click();
    await page.fill('[name=name]', 'Visits');
    await page.fill('[name=id]', 'visits');
    await page.locator('noscript button').click();
    assert.match(await page.locator('#preview').innerText(), /bot_type: visitor/);
    assert.ok(await page.getByText('The bot will visit real profiles').isVisible());
    // A list of pages is missing still.
    assert.match(await page.locator('#preview .st.warn').innerText(), /will fail/);
    assert.match(await page.locator('#formacts a').getAttribute('href'), /^https:\/\/git\.example\.org\/ops\/jobs\/new\/main\?path=jobs\.d\/visits\.yaml&content=/);
    await page.goto(world.url + '?q=postgres');
    assert.equal(await page.locator('.job').count(), 1);
    await page.goto(world.url + '?s=test');
    assert.equal(await page.locator('.job').count(), 1);
  } finally { await world.end(); }
});

test('control: login, the production dialog, pause, resume, cancel, logout; nothing without a session', async () => {
  const world = new World();
  fs.writeFileSync(world.path('token'), 'a token of some length\n', { mode: 0o600 });
  world.settings('control:\n  token_file: token\n');
  world.job('send', 'name: Sender\nbot_type: command\nbot_config:\n  shell: "echo sent"\nschedule_type: daily\nschedule_config:\n  hour: 3\ntimezone: UTC\n');
  world.job('long', 'name: Long\nbot_type: command\nbot_config:\n  shell: "echo begun; sleep 100"\nschedule_type: manual\n');
  await world.start();
  try {
    for (const javaScriptEnabled of [true, false]) {
      const page = await open({ locale: 'en-GB', javaScriptEnabled, viewport: { width: 1360, height: 900 } });
      await page.goto(world.url);
      assert.equal(await page.locator('form[method=post]').count(), 0);
      await page.getByText('Log in').click();
      assert.deepEqual(javaScriptEnabled ? await axe(page) : [], []);
      await page.fill('[name=token]', 'not the token at all');
      await page.locator('main button').click();
      await page.getByText('That is not the token.').waitFor();
      await page.fill('[name=token]', 'a token of some length');
      await page.fill('[name=name]', 'Ada <b>');
      await page.locator('main button').click();
      await page.getByText('Control enabled').waitFor();
      page.reports.length = 0;
      const runs = (await world.json('scheduler/jobs/send/history')).length;
      await page.locator('#job-send summary').first().click();
      const box = page.locator(javaScriptEnabled ? '#confirm' : '#job-send .pop').first();
      assert.match(await box.innerText(), /Run “Sender” now\?[\s\S]*Production mode/);
      if (javaScriptEnabled) {
        assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Cancel');
        assert.deepEqual(await axe(page), []);
        await page.keyboard.press('Escape');
        assert.equal((await world.json('scheduler/jobs/send/history')).length, runs);
        await page.locator('#job-send summary').first().click();
      }
      await box.getByText('Run in production').click();
      await until('it has run', async () => (await world.json('scheduler/jobs/send/history')).length > runs);
      await until('the card says so', async () => { if (!javaScriptEnabled) await page.reload(); return (await page.locator('#job-send .st.ok').count()) > 0; });
      await page.locator('#job-send summary', { hasText: 'Pause' }).click();
      await page.fill('#job-send [name=reason]', 'a <test>');
      await page.locator('#job-send button', { hasText: 'Pause' }).click();
      await page.locator('#job-send').getByText('Paused', { exact: true }).waitFor();
      assert.match(await page.locator('.attn').innerText(), /paused by Ada[^]*a <test>/);
      await page.locator('#job-send button', { hasText: 'Resume' }).click();
      await page.locator('#job-send').getByText('Active', { exact: true }).waitFor();
      world.command('run', 'long');
      const id = await until('it runs', async () => (await world.json('scheduler/jobs/long')).running[0]);
      await page.goto(world.url + 'runs/' + id);
      await page.getByText('Cancel run').click();
      await until('it is cancelled', async () => (await world.json('scheduler/jobs/long')).last_run_status === 'cancelled');
      await page.goto(world.url);
      quiet(page);
      await page.getByText('Log out').click();
      await page.locator('footer').getByText('Read-only').waitFor();
      assert.equal(await page.locator('form[method=post]').count(), 0);
      await page.context().close();
    }
    for (const route of ['scheduler/jobs/send/run', 'scheduler/jobs/send/pause']) assert.equal((await fetch(world.url + route, { method: 'POST' })).status, 401);
  } finally { await world.end(); }
});

test('a thousand jobs: search, filter, sort and pages live in the address', async () => {
  const world = new World();
  for (let n = 0; n < 1000; n += 1) {
    fs.writeFileSync(world.path('jobs.d', `job-${String(n).padStart(4, '0')}.yaml`), `name: Job ${n}\nbot_type: command\nbot_config:\n  command: ["true"]\nschedule_type: daily\nschedule_config:\n  hour: ${n % 24}\n  minute: ${n % 60}\ntimezone: UTC\nlabels:\n  team: ${n % 7 ? 'ops' : 'data'}\n`);
  }
  await world.start();
  try {
    const page = await open({ locale: 'en-GB' });
    await page.goto(world.url);
    assert.equal(await page.locator('tbody tr').count(), 50);
    assert.match(await page.locator('.pager').innerText(), /1–50 of 1,000/);
    await page.getByText('Next', { exact: true }).last().click();
    assert.match(page.url(), /page=2/);
    assert.match(await page.locator('.pager').innerText(), /51–100 of 1,000/);
    await page.keyboard.press('/');
    await page.keyboard.type('team=data 77');
    await until('the server has searched', async () => (await page.locator('tbody tr:visible').count()) > 0 && page.url().includes('q=team'));
    await until('only matches are shown', async () => { const rows = await page.locator('tbody tr:visible').allInnerTexts(); return rows.length > 0 && rows.every(row => row.includes('77')); });
    const times = [];
    for (let n = 0; n < 40; n += 1) { const start = performance.now(); await (await fetch(world.url)).text(); times.push(performance.now() - start); }
    times.sort((a, b) => a - b);
    console.log(`    overview of 1,000 jobs: median ${times[20].toFixed(1)} ms, worst ${times[39].toFixed(1)} ms (this build)`);
    quiet(page);
  } finally { await world.end(); }
});

test('hostile words are shown as text and break no layout', async () => {
  const world = new World();
  const evil = '<script>alert(1)</script><img src=x onerror=alert(1)>abc';
  world.job('evil', `name: ${JSON.stringify(evil)}\ndescription: ${JSON.stringify('</p><h1>no</h1> 🎂'.repeat(10))}\nbot_type: command\nbot_config:\n  shell: ${JSON.stringify('printf "\\033[31mred\\033[0m \\033]0;title\\007 <b>bold</b> \\342\\200\\256rtl https://example.org/a\\n"; head -c 65536 /dev/zero | tr "\\\\0" x; echo')}\nschedule_type: manual\nlabels:\n  '"><script>': ${JSON.stringify('javascript:alert(1)')}\n`);
  world.job('word', `name: ${'w'.repeat(120)}\ndescription: ${'d'.repeat(500)}\nbot_type: command\nbot_config:\n  command: ["true"]\nschedule_type: manual\nlabels:\n  owner: ${'o'.repeat(60000)}\n`);
  fs.writeFileSync(world.path('jobs.d', '<img src=x onerror=alert(1)>.yaml'), 'name: x\n');
  // A sign that turns the direction of writing: a job file may not hold it, its name, what a program says and reports may.
  fs.writeFileSync(world.path('jobs.d', 'a\u202egnp.yaml'), 'name: x\n');
  world.job('turn', `name: Turn\nbot_type: command\nbot_config:\n  shell: ${JSON.stringify('printf \'{"success": false, "error": "word \\342\\200\\256 turned", "key \\342\\200\\256": 7}\' > "$JOBSD_RESULT"')}\nschedule_type: manual\n`);
  await world.start();
  try {
    world.command('run', 'evil');
    world.command('run', 'turn');
    await until('it has run', async () => (await world.json('scheduler/jobs/evil')).last_run_status === 'success');
    await until('it has failed', async () => (await world.json('scheduler/jobs/turn')).last_run_status === 'failed');
    const newest = async job => (await world.json(`scheduler/jobs/${job}/history`))[0];
    const id = (await newest('evil')).id, turned = await newest('turn');
    assert.match(turned.error, /word \u202e turned/, 'the record holds what was reported');
    for (const width of [1360, 390]) {
      const page = await open({ locale: 'en-GB', viewport: { width, height: 900 } });
      page.on('dialog', dialog => { page.reports.push('a dialog: ' + dialog.message()); dialog.dismiss(); });
      for (const route of ['', '?view=table', 'jobs/evil', 'jobs/word', 'jobs/turn', `runs/${id}`, `runs/${turned.id}`, 'runs', 'config', `?q=${encodeURIComponent(evil)}`, `new?form=1&name=${encodeURIComponent(evil)}&id=${encodeURIComponent(evil)}`, 'jobs/evil/edit', `jobs/${encodeURIComponent(evil)}`]) {
        const answer = await page.goto(world.url + route);
        assert.ok(await reflows(page), `${route} at ${width} scrolls sideways`);
        assert.equal(await page.locator('main script, main img, main b:has-text("bold")').count(), 0, route);
        assert.doesNotMatch(await page.content(), /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/, `${route} turns the direction of writing`);
        if (answer.status() === 404) page.reports.length = 0;
        quiet(page, route);
      }
      await page.goto(world.url + `runs/${id}`);
      assert.equal(await page.locator('#output .err').first().innerText(), 'red');
      assert.equal(await page.locator('#output a').getAttribute('href'), 'https://example.org/a');
      assert.match(await page.locator('#output').innerText(), /bold<\/b> \\u\{202e\}rtl/);
      await page.goto(world.url + `runs/${turned.id}`);
      assert.match(await page.locator('#error').innerText(), /word \\u\{202e\} turned/);
      assert.match(await page.locator('#counters').innerText(), /7\s*key \\u\{202e\}/);
      for (const route of ['', 'config']) {
        await page.goto(world.url + route);
        assert.match(await page.locator('main').innerText(), /a\\u\{202e\}gnp\.yaml/, route);
      }
      await page.goto(world.url + 'jobs/evil');
      assert.equal(await page.locator('a[href^="javascript"]').count(), 0);
    }
  } finally { await world.end(); }
});

test('the keyboard alone finds, opens, copies and leaves', async () => {
  const world = await demo('en');
  try {
    const page = await open({ locale: 'en-GB', viewport: { width: 1360, height: 900 } });
    await page.goto(world.url);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
    await page.keyboard.press('/');
    assert.equal(await page.evaluate(() => document.activeElement.name), 'q');
    await page.keyboard.type('visitor bot');
    await until('others are hidden', async () => (await page.locator('.job:visible').count()) === 2);
    await page.keyboard.press('Escape');
    await page.locator('#job-visitor-weekdays summary').first().focus();
    await page.keyboard.press('Enter');
    assert.ok(await page.getByText('jobsd run visitor-weekdays', { exact: true }).isVisible());
    await page.keyboard.press('Escape');
    assert.ok(!(await page.getByText('jobsd run visitor-weekdays', { exact: true }).isVisible()));
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'SUMMARY');
    await page.keyboard.press('?');
    assert.ok(await page.getByText('Keyboard shortcuts').last().isVisible());
    assert.deepEqual(await axe(page), []);
    await page.keyboard.press('Escape');
    quiet(page);
  } finally { await world.end(); }
});

// A proxy that serves the world below /ops/ and strips that; one that holds the events says nothing of them.
async function stripping(world, holds = false) {
  const proxy = http.createServer((request, response) => {
    if (!request.url.startsWith('/ops/')) { response.statusCode = 404; response.end(); return; }
    if (holds && request.url.includes('/events')) return;
    const headers = { ...request.headers, host: 'localhost' };
    if (headers.origin) headers.origin = 'http://localhost';
    const options = { port: world.port, path: request.url.slice(4), method: request.method, headers };
    const upstream = http.request(options, answer => { response.writeHead(answer.statusCode, answer.headers); answer.pipe(response); });
    response.on('close', () => upstream.destroy());
    upstream.on('error', () => response.destroy());
    request.pipe(upstream);
  });
  await new Promise(done => proxy.listen(0, '127.0.0.1', done));
  return proxy;
}

test('behind a proxy that holds the events the page asks by itself', async () => {
  const world = new World();
  world.job('steady', 'name: Steady\nbot_type: command\nbot_config:\n  command: [echo, hi]\nschedule_type: manual\n');
  await world.start();
  const proxy = await stripping(world, true);
  try {
    const page = await open({ locale: 'en-GB' });
    await page.goto(`http://127.0.0.1:${proxy.address().port}/ops/?view=cards`);
    await page.locator('#stream .dot.off').waitFor({ timeout: 10000 });
    world.job('fresh', 'name: Fresh\nbot_type: command\nbot_config:\n  command: [echo, hi]\nschedule_type: manual\n');
    await page.locator('#job-fresh').waitFor({ timeout: 20000 });
    quiet(page);
  } finally { proxy.close(); proxy.closeAllConnections(); await world.end(); }
});

test('behind a prefix that a proxy strips one logs in, acts and logs out', async () => {
  const world = new World();
  fs.writeFileSync(world.path('token'), 'a token of some length\n', { mode: 0o600 });
  world.settings('control:\n  token_file: token\n');
  world.job('steady', 'name: Steady\nbot_type: command\nbot_config:\n  command: [echo, hi]\nschedule_type: manual\n');
  await world.start();
  const proxy = await stripping(world);
  try {
    for (const javaScriptEnabled of [true, false]) {
      const base = `http://127.0.0.1:${proxy.address().port}/ops/`;
      const page = await open({ locale: 'en-GB', javaScriptEnabled });
      await page.goto(base + 'login');
      await page.fill('[name=token]', 'a token of some length');
      await page.locator('main button').click();
      await page.getByText('Control enabled').waitFor();
      page.reports.length = 0;
      assert.equal(page.url(), base);
      assert.deepEqual((await page.context().cookies()).map(cookie => cookie.path), ['/ops']);
      await page.goto(base + 'jobs/steady');
      await page.locator('summary', { hasText: 'Pause' }).click();
      await page.getByRole('button', { name: 'Pause', exact: true }).click();
      await page.locator('button', { hasText: 'Resume' }).click();
      await page.locator('summary', { hasText: 'Pause' }).waitFor();
      assert.equal(page.url(), base + 'jobs/steady');
      await page.getByText('Log out').click();
      await page.locator('footer').getByText('Read-only').waitFor();
      assert.equal(page.url(), base);
      assert.deepEqual(await page.context().cookies(), []);
      quiet(page);
      await page.context().close();
    }
  } finally { proxy.close(); proxy.closeAllConnections(); await world.end(); }
});

test('behind a prefix that a proxy strips every link works', async () => {
  const world = new World();
  world.job('steady', 'name: Steady\nbot_type: command\nbot_config:\n  command: [echo, hi]\nschedule_type: manual\n');
  await world.start();
  const proxy = await stripping(world);
  try {
    const base = `http://127.0.0.1:${proxy.address().port}/ops/`;
    const page = await open({ locale: 'en-GB' });
    const seen = new Set();
    const queue = [base];
    while (queue.length) {
      const url = queue.pop();
      if (seen.has(url)) continue;
      seen.add(url);
      const answer = await page.request.get(url, { maxRedirects: 0 });
      assert.ok(answer.status() === 200 || url.endsWith('/metrics'), `${url}: ${answer.status()}`);
      if (!(answer.headers()['content-type'] ?? '').startsWith('text/html') || seen.size > 60) continue;
      await page.goto(url);
      for (const href of await page.locator('a[href]').evaluateAll(list => list.map(a => a.href.split('#')[0]))) {
        assert.ok(href.startsWith(base), `${url} leads out: ${href}`);
        queue.push(href);
      }
    }
    await page.goto(base + '?view=cards');
    world.job('fresh', 'name: Fresh\nbot_type: command\nbot_config:\n  command: [echo, hi]\nschedule_type: manual\n');
    await page.locator('#job-fresh').waitFor({ timeout: 30000 });
    console.log(`    ${seen.size} addresses`);
  } finally { proxy.close(); proxy.closeAllConnections(); await world.end(); }
});

browser = await chromium();
let failed = 0;
for (const [name, body] of tests) {
  if (only && !name.includes(only)) continue;
  const start = Date.now();
  try { await body(); console.log(`ok   ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`); }
  catch (error) { failed += 1; console.log(`FAIL ${name}\n${error.stack}`); }
}
await browser.close();
process.exit(failed ? 1 : 0);
