// The journey of somebody who writes no YAML, in French: node journey.mjs PHASE, against a daemon that a test of tests/pages
// started. `test` makes a job of each bot with the form and runs it in test mode; `production` edits both and runs them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from './chromium.mjs';
import { until } from './world.mjs';

const { JOBSD_URL: url, JOBSD_DIR: dir, SMTP_PORT: port, SHOTS: shots } = process.env;
const phase = process.argv[2];
const browser = await chromium();
const page = await browser.newPage({ locale: 'fr-FR', viewport: { width: 1360, height: 900 }, acceptDownloads: true });
const reports = [];
page.on('console', message => { if (['error', 'warning'].includes(message.type())) reports.push(message.text()); });
page.on('pageerror', error => reports.push(error.message));

// What is read on the page, without code, file names and what the user wrote, has no English word.
const ENGLISH = /(?<!\p{L})(the|and|with|not|is|are|was|would|will|sent|send|sends|visited|visit|success|failed|running|due|left|skipped|next|today|run|runs|job file|valid|missing|required|settings|started|between|empty)(?!\p{L})/iu;
async function isFrench(where) {
  const text = await page.evaluate(() => {
    const copy = document.body.cloneNode(true);
    copy.querySelectorAll('code, pre, kbd, textarea, option, script, datalist, [hidden], .sr, .host, #counters, #preview .code, .fileline').forEach(e => e.remove());
    document.body.append(copy);
    const said = copy.innerText;
    copy.remove();
    return said.replace(/\S*[/_{}@]\S*|dry-run|\d+\s(due|left|late|visited)\b/gi, '');
  });
  const line = text.split('\n').find(line => ENGLISH.test(line));
  assert.equal(line, undefined, `${where} speaks English`);
}
const shot = name => shots && page.screenshot({ path: path.join(shots, `journey-${name}.png`), fullPage: true });

// The file that the form renders goes into the folder and into git, as somebody would do it on the git host.
async function commit(id, words) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('.formacts button[formaction]').click()]);
  assert.equal(download.suggestedFilename(), `${id}.yaml`);
  fs.copyFileSync(await download.path(), path.join(dir, 'fresh'));
  fs.renameSync(path.join(dir, 'fresh'), path.join(dir, 'jobs.d', `${id}.yaml`));
  execFileSync('git', ['add', '.'], { cwd: dir });
  execFileSync('git', ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.org', 'commit', '-qm', words], { cwd: dir });
}
const isValid = () => page.locator('#preview .st.ok').waitFor({ timeout: 20000 });
const last = async id => (await (await fetch(`${url}scheduler/jobs/${id}/history`)).json())[0];
async function ran(id, runs) {
  return until(`${id} has run`, async () => {
    const history = await (await fetch(`${url}scheduler/jobs/${id}/history`)).json();
    return history.length > runs && history[0].finished_at && history[0];
  });
}

async function make(type, name, id, fields) {
  await page.goto(url);
  await page.getByText('Nouvelle planification').first().click();
  assert.equal(await page.locator('.errm:visible').count(), 0, 'nothing is wrong with an empty form');
  assert.equal(await page.locator('#nextfires li').count(), 5, 'next runs from the start');
  await page.fill('[name=name]', name);
  await page.getByText(type, { exact: true }).click();
  await until('an id is suggested', async () => (await page.inputValue('[name=id]')) === id);
  await page.locator('[name=dry_run]').check();
  for (const [field, value] of Object.entries(fields)) {
    const input = page.locator(`[name=${field}]:visible`);
    if (field === 'smtp_tls') await input.selectOption(value); else { await input.fill(value); await input.press('Tab'); }
  }
  await isValid();
  assert.match(await page.locator('#inwords').innerText(), /Quotidien à 08:00/);
  await isFrench(`the form of ${id}`);
  await shot(id);
  await commit(id, `Ajoute ${id}`);
  await page.goto(url);
  await page.locator(`#job-${id}`).waitFor({ timeout: 20000 });
  await isFrench('the overview');
}

async function login() {
  await page.goto(url + 'login');
  await page.fill('[name=token]', 'un jeton assez long');
  await page.fill('[name=name]', 'Ana');
  await isFrench('the login');
  await page.locator('main button').click();
  await page.locator('footer form').waitFor();
}

async function look(id) {
  const run = await last(id);
  assert.equal(run.status, 'success', JSON.stringify(run));
  await page.goto(`${url}runs/${run.id}`);
  await page.locator('#output').waitFor();
  const said = await page.locator('#output').innerText();
  assert.doesNotMatch(said, ENGLISH, 'the bot speaks English');
  await isFrench(`the run of ${id}`);
  await shot(`${id}-${phase}`);
  return said;
}

try {
  if (phase === 'test') {
    await page.goto(url + 'new');
    // What would fail at once is not called valid.
    await page.fill('[name=name]', 'Essai');
    await page.fill('[name=contacts]', 'absent.vcf');
    await page.fill('[name=smtp_host]', '127.0.0.1');
    await page.fill('[name=smtp_from]', 'ana@example.org');
    await page.press('[name=smtp_from]', 'Tab');
    await page.locator('#e-contacts .errm').waitFor();
    assert.match(await page.locator('#preview .st.warn').innerText(), /Valide, mais échouera/);
    await page.fill('[name=smtp_password]', 'hunter2');
    await page.press('[name=smtp_password]', 'Tab');
    await page.locator('#e-smtp_password .errm').waitFor();
    assert.match(await page.locator('#e-smtp_password').innerText(), /jamais le secret/);
    await isFrench('the form with findings');
    await shot('findings');
    await make('Birthday Bot', 'Vœux d’anniversaire', 'voeux-danniversaire', {
      contacts: 'contacts.vcf', smtp_host: '127.0.0.1', smtp_from: 'Ana Lima <ana@example.org>', smtp_user: 'good', smtp_password: 'SMTP_PASSWORD',
      smtp_tls: 'none', smtp_port: port, subjects: 'Joyeux anniversaire, {first_name} !', messages: 'Bonjour {first_name},\n\ntrès bon anniversaire !\n\nAna', send_delay: '0',
    });
    await make('Visitor Bot', 'Visites', 'visites', { addresses: 'pages.txt', limit: '5', visit_delay: '0' });
    await login();
    for (const id of ['voeux-danniversaire', 'visites']) {
      await page.goto(url);
      await page.locator(`#job-${id}`).getByText('Lancer', { exact: false }).first().click();
      const run = await ran(id, 0);
      assert.equal(run.dry_run, true);
      await look(id);
    }
  } else {
    await login();
    for (const id of ['voeux-danniversaire', 'visites']) {
      await page.goto(`${url}jobs/${id}/edit`);
      await page.locator('[name=dry_run]').uncheck();
      await page.locator('#danger .note.fail').waitFor();
      await page.locator('#preview .l.gone').first().waitFor();
      await isValid();
      await isFrench(`the edit of ${id}`);
      await commit(id, `Passe ${id} en production`);
      await page.goto(`${url}jobs/${id}`);
      await until('the change is adopted', async () => { await page.reload(); return (await page.locator('main summary').filter({ hasText: 'Lancer' }).count()) > 0; });
      await isFrench(`the page of ${id}`);
      await page.locator('main summary').filter({ hasText: 'Lancer' }).first().click();
      await isFrench('the question before production');
      await page.locator('#confirm').getByText('production', { exact: false }).last().click();
      const run = await ran(id, 1);
      assert.equal(run.dry_run, false);
      await look(id);
    }
  }
  assert.deepEqual(reports, []);
} finally { await browser.close(); }
