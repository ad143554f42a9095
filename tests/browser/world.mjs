// A scratch folder with job files, a history and a daemon; what the browser tests and the screenshots look at.
import { spawn, execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const BIN = process.env.JOBSD_BIN;

export async function until(what, check, seconds = 20) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    let seen;
    try { seen = await check(); } catch (error) { seen = undefined; if (Date.now() > end) throw error; }
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise(done => setTimeout(done, 30));
  }
}

export class World {
  constructor() {
    this.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'jobsd-browser-'));
    fs.mkdirSync(this.path('jobs.d'));
    fs.mkdirSync(this.path('.jobsd/history'), { recursive: true, mode: 0o700 });
    fs.mkdirSync(this.path('.jobsd/output'), { recursive: true, mode: 0o700 });
    this.clock(0);
  }
  path(...parts) { return path.join(this.dir, ...parts); }
  // By a rename: the daemon never reads half of it.
  clock(offset) {
    fs.writeFileSync(this.path('fresh'), String(offset));
    fs.renameSync(this.path('fresh'), this.path('offset'));
    this.offset = offset;
  }
  now() { return Date.now() + this.offset * 1000; }
  // Makes the daemon's present this instant.
  at(instant) { this.clock(Math.round((Date.parse(instant) - Date.now()) / 1000)); }
  settings(text) { fs.writeFileSync(this.path('jobsd.yaml'), text); }
  job(id, text) {
    const fresh = this.path('fresh');
    fs.writeFileSync(fresh, text);
    fs.renameSync(fresh, this.path('jobs.d', `${id}.yaml`));
  }
  remove(id) { fs.rmSync(this.path('jobs.d', `${id}.yaml`)); }
  // Records as the daemon writes them, a file a day.
  history(records) {
    const days = new Map();
    for (const record of records) {
      const day = (record.at ?? record.finished_at ?? record.scheduled_at).slice(0, 10);
      days.set(day, (days.get(day) ?? '') + JSON.stringify(record) + '\n');
    }
    for (const [day, text] of days) fs.writeFileSync(this.path('.jobsd/history', `${day}.jsonl`), text, { mode: 0o600 });
  }
  env() { return { ...process.env, JOBSD_TEST_CLOCK: this.path('offset') }; }
  async start() {
    this.log = fs.openSync(this.path('log'), 'a');
    // The system chooses the port; a daemon that comes back keeps it, for an open page continues to ask there.
    const args = ['serve', '--jobs', 'jobs.d', '--listen', `127.0.0.1:${this.port ?? 0}`];
    const address = this.path('.jobsd/address');
    fs.rmSync(address, { force: true });
    this.daemon = spawn(BIN, args, { cwd: this.dir, env: this.env(), stdio: ['ignore', 'ignore', this.log] });
    const listens = await until('the daemon listens', () => fs.existsSync(address) && fs.readFileSync(address, 'utf8').trim());
    this.port = Number(listens.split(':')[1]);
    this.url = `http://${listens}/`;
    await until('the daemon is ready', async () => (await fetch(this.url + 'ready')).status === 200);
  }
  async stop() {
    if (!this.daemon) return;
    const gone = new Promise(done => this.daemon.once('exit', done));
    this.daemon.kill('SIGTERM');
    await gone;
    this.daemon = undefined;
    fs.closeSync(this.log);
  }
  async end() { await this.stop(); fs.rmSync(this.dir, { recursive: true, force: true }); }
  command(...args) { return execFileSync(BIN, args, { cwd: this.dir, env: this.env(), encoding: 'utf8' }); }
  async json(route) { return (await fetch(this.url + route)).json(); }
}

// ---------------------------------------------------------------- the world of the screenshots

// Not on a full minute: two visits in a row say the same.
const NOW = '2026-11-19T09:42:20Z';
const words = {
  fr: {
    'birthday-daily': ['Birthday Bot', 'Souhaite les anniversaires du jour'], 'birthday-canary': ['Birthday Bot (essai)', ''],
    'feed-import': ['Import des flux', ''], 'report-weekly': ['Rapport hebdomadaire', ''], 'cert-renew': ['Renouvellement TLS', ''],
    'log-rotate': ['Rotation des journaux', ''], 'pg-backup': ['Sauvegarde PostgreSQL', ''],
    'visitor-weekdays': ['Visitor Bot', ''], 'visitor-weekend': ['Visitor Bot week-end', ''],
  },
  en: {
    'birthday-daily': ['Birthday Bot', 'Sends today’s birthday wishes'], 'birthday-canary': ['Birthday Bot (trial)', ''],
    'feed-import': ['Feed import', ''], 'report-weekly': ['Weekly report', ''], 'cert-renew': ['TLS renewal', ''],
    'log-rotate': ['Log rotation', ''], 'pg-backup': ['PostgreSQL backup', ''],
    'visitor-weekdays': ['Visitor Bot', ''], 'visitor-weekend': ['Visitor Bot weekend', ''],
  },
};

function random(seed) { return () => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed / 2147483648; }; }

// Paris is two hours ahead of UTC in summer, one in winter; the history lies around 25 October 2026.
const WINTER = Date.parse('2026-10-25T01:00:00Z');
const paris = at => {
  const local = new Date(at + (at < WINTER ? 7200e3 : 3600e3));
  return { hour: local.getUTCHours(), minute: local.getUTCMinutes(), weekday: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][local.getUTCDay()] };
};

// Due times of the last days, walked minute by minute at the hours that matter.
function* dues(now, days, test) {
  for (let at = now - days * 86400e3; at < now; at += 60e3) if (test(paris(at), at)) yield at;
}

function record(id, due, secs, more = {}) {
  const start = due + 100 + (more.lag ?? 0);
  const ran = more.started_at !== null;
  const at = ms => new Date(ms).toISOString();
  const { lag, ...fields } = more;
  return { v: 1, type: 'run', id: randomUUID(), job_id: id, scheduled_at: at(due), started_at: ran ? at(start) : null, finished_at: at(start + secs * 1000),
    status: 'success', reason: null, error: null, trigger: 'schedule', attempt: ran ? 1 : 0, exit_code: ran ? 0 : null, signal: null, dry_run: false,
    messages_sent: null, profiles_visited: null, result: null, output_bytes: 0, revision: '9d04e1b5a2f0c3d4e5f60718293a4b5c6d7e8f90', file: `jobs.d/${id}.yaml`, digest: '0', host: 'prod-01', ...fields };
}

// Attempts that failed: how long each took, and the wait before it.
const tries = (start, spans) => spans.map(([took, waited], n) => {
  const began = start + spans.slice(0, n + 1).reduce((sum, [, wait]) => sum + wait * 1000, 0) + spans.slice(0, n).reduce((sum, [before]) => sum + before * 1000, 0);
  return { attempt: n + 1, started_at: new Date(began).toISOString(), finished_at: new Date(began + took * 1000).toISOString(), reason: 'exit', exit_code: 1, signal: null };
});

export const jobs = lang => {
  const name = id => `name: ${words[lang][id][0]}\n` + (words[lang][id][1] ? `description: ${words[lang][id][1]}\n` : '');
  const zone = 'timezone: Europe/Paris\n';
  const every = text => `schedule_type: interval\nschedule_config:\n  ${text}\n`;
  return {
    'birthday-daily': `# yaml-language-server: $schema=../schema/job.schema.json\n${name('birthday-daily')}bot_type: birthday\nschedule_type: daily\nschedule_config:\n  hour: 8\n  minute: 0\n${zone}bot_config:\n  process_late: true\n  max_days_late: 7\n  max_messages_per_run: 15\n  daily_limit: 20\n  weekly_limit: 70\n`,
    'birthday-canary': `${name('birthday-canary')}bot_type: birthday\n${every('hours: 2\n  anchor: 2026-01-01T12:00:00+01:00')}${zone}bot_config:\n  dry_run: true\n  process_late: false\n  max_days_late: 14\n`,
    'feed-import': `${name('feed-import')}bot_type: command\n${every('hours: 1')}${zone}bot_config:\n  command: [echo, "1204 rows"]\nretry:\n  on_exit: [75]\n  max_attempts: 3\n  backoff_secs: 30\n`,
    'report-weekly': `${name('report-weekly')}bot_type: command\nschedule_type: weekly\nschedule_config:\n  day_of_week: mon\n  hour: 7\n${zone}bot_config:\n  command: [echo, report]\n`,
    'cert-renew': `${name('cert-renew')}bot_type: command\nschedule_type: cron\nschedule_config:\n  cron_expression: "17 4 * * 1-5"\n${zone}bot_config:\n  command: [echo, renewed]\n`,
    'log-rotate': `${name('log-rotate')}bot_type: command\n${every('minutes: 15')}${zone}bot_config:\n  shell: "echo rotating; sleep 120"\n`,
    'pg-backup': `${name('pg-backup')}bot_type: command\nschedule_type: daily\nschedule_config:\n  hour: 2\n  minute: 15\n${zone}bot_config:\n  command: [/usr/local/bin/pg-backup]\nretry:\n  max_attempts: 3\n`,
    'visitor-weekdays': `${name('visitor-weekdays')}bot_type: visitor\nschedule_type: weekly\nschedule_config:\n  day_of_week: mon,wed,fri\n  hour: 14\n  minute: 30\n${zone}`,
    'visitor-weekend': `${name('visitor-weekend')}bot_type: visitor\nschedule_type: weekly\nschedule_config:\n  day_of_week: sat,sun\n  hour: 10\n${zone}bot_config:\n  limit: 40\n`,
  };
};

export function demoHistory(now = Math.floor(Date.parse(NOW) / 60e3) * 60e3) {
  const records = [], r = random(7);
  const add = (id, days, test, make) => { const list = [...dues(now, days, test)]; list.forEach((at, n) => records.push(make(at, list.length - 1 - n))); };
  add('birthday-daily', 81, t => t.hour === 8 && t.minute === 0, (at, ago) => {
    const bad = [19, 57, 58].includes(ago);
    return bad ? record('birthday-daily', at, 118, { status: 'failed', reason: 'exit', exit_code: 1, messages_sent: 0 })
      : record('birthday-daily', at, 55 + r() * 30, { messages_sent: ago === 0 ? 12 : 3 + Math.floor(r() * 9), ...(ago === 1 ? { lag: 41 * 60e3, trigger: 'catchup' } : {}) });
  });
  add('birthday-canary', 20, t => t.hour % 2 === 0 && t.minute === 0, at => record('birthday-canary', at, 8 + r() * 3, { dry_run: true, messages_sent: 8 }));
  add('feed-import', 30, t => t.minute === 0, (at, ago) => ago === 22 ? record('feed-import', at, 0, { started_at: null, status: 'skipped', reason: 'overlap' }) : record('feed-import', at, 22 + r() * 15, { result: { rows: 1198 } }));
  add('report-weekly', 90, t => t.weekday === 'mon' && t.hour === 7 && t.minute === 0, at => record('report-weekly', at, 110 + r() * 30));
  add('cert-renew', 60, t => !['sat', 'sun'].includes(t.weekday) && t.hour === 4 && t.minute === 17, (at, ago) => ago === 0 || ago === 7 ? record('cert-renew', at, 0, { started_at: null, status: 'skipped', reason: 'overlap' }) : record('cert-renew', at, 12 + r() * 9));
  add('log-rotate', 2, t => t.minute % 15 === 0, at => record('log-rotate', at, 6 + r() * 2));
  add('pg-backup', 90, t => t.hour === 2 && t.minute === 15, (at, ago) => ago === 0 ? record('pg-backup', at, 291, { status: 'failed', reason: 'exit', exit_code: 1, attempt: 3, attempts: tries(at + 100, [[100, 0], [70, 30], [31, 60]]) }) : record('pg-backup', at, 230 + r() * 40));
  add('visitor-weekdays', 90, t => ['mon', 'wed', 'fri'].includes(t.weekday) && t.hour === 14 && t.minute === 30, at => record('visitor-weekdays', at, 1000 + r() * 160, { profiles_visited: 50 }));
  add('visitor-weekend', 88, t => ['sat', 'sun'].includes(t.weekday) && t.hour === 10 && t.minute === 0, at => record('visitor-weekend', at, 800 + r() * 160, { profiles_visited: 40 }));
  return records.sort((a, b) => a.finished_at < b.finished_at ? -1 : 1);
}

// What pg_dump said, as jobsd keeps output.
export const BACKUP_OUTPUT = ['pg_dump: last built-in OID is 16383', 'pg_dump: reading extensions', 'pg_dump: identifying extension members', 'pg_dump: reading schemas',
  'pg_dump: reading user-defined tables', 'pg_dump: saving database definition', 'pg_dump: dumping contents of table "public.events"',
  'pg_dump: warning: 1 GiB written, 412 MiB free on /var/backups', 'pg_dump: error: could not write to output file: No space left on device', 'pg_dump: error: aborting'];

export async function demo(lang) {
  const world = new World();
  // Four minutes before the picture: nothing is due in them.
  world.at('2026-11-19T09:38:00Z');
  world.settings('edit_url: https://git.example.org/ops/jobs/edit/{branch}/{path}#L{line}\nnew_url: https://git.example.org/ops/jobs/new/{branch}?path={path}&content={content}\n');
  for (const [id, text] of Object.entries(jobs(lang))) world.job(id, text);
  const records = demoHistory();
  const pause = { v: 1, type: 'pause', at: '2026-11-16T17:20:00Z', job_id: 'visitor-weekend', by: { who: 'gaspard', from: 'socket' }, reason: null, until: null };
  const behind = records.findIndex(record => record.finished_at > pause.at);
  world.history([...records.slice(0, behind), pause, ...records.slice(behind)]);
  const failed = records.findLast(record => record.job_id === 'pg-backup');
  failed.output_bytes = BACKUP_OUTPUT.join('\n').length;
  world.failed = failed;
  const line = (n, stream, text) => `${new Date(Date.parse('2026-11-19T01:19:20.114Z') + n * 137).toISOString()} ${stream} F ${text}\n`;
  const said = [line(-0.1, 'jobsd', 'attempt 3'), ...BACKUP_OUTPUT.map((text, n) => line(n, 'stderr', text))];
  fs.writeFileSync(world.path('.jobsd/output', `${failed.id}.log`), said.join(''), { mode: 0o600 });
  execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: world.dir });
  fs.writeFileSync(world.path('.gitignore'), '.jobsd/\noffset\nlog\nfresh\n');
  const git = (...args) => execFileSync('git', ['-c', 'user.name=ops', '-c', 'user.email=ops@example.org', ...args], { cwd: world.dir });
  git('add', '.'); git('commit', '-qm', 'canary: every 2 h');
  await world.start();
  world.job('feed-import', jobs(lang)['feed-import'].replace('max_attempts: 3', "max_attempts: 'trois'"));
  git('add', '.'); git('commit', '-qm', 'feed-import: 3 attempts');
  await until('the bad file is seen', async () => (await world.json('scheduler/config')).diagnostics.some(finding => finding.severity === 'error'));
  world.at(NOW);
  world.command('run', 'log-rotate');
  await until('the run is under way', async () => (await world.json('scheduler/jobs/log-rotate')).running.length > 0);
  return world;
}
