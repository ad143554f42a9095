// jobsd: what makes the pages comfortable. Every page is complete without this file.
(() => {
  const script = document.currentScript, root = new URL('..', script.src).href;
  const $ = (s, r = document) => r.querySelector(s), $$ = (s, r = document) => [...r.querySelectorAll(s)];
  const words = document.body.dataset, main = $('#main');
  let said = 0;
  const say = text => { const now = Date.now(); if (now - said < 10000) return; said = now; $('#live').textContent = text; };
  $$('[data-scripted]').forEach(e => { e.hidden = false; });

  // Copying. On plain HTTP there is no clipboard: the text is selected instead.
  const copy = async button => {
    const from = button.dataset.copy ? $(button.dataset.copy) : $('code', button.parentElement);
    const text = button.dataset.copy ? from.value : from.textContent, label = $('span', button), old = label.textContent;
    try { await navigator.clipboard.writeText(text); label.textContent = words.copied; button.classList.add('done'); say(words.copied); }
    catch { if (from.select) { from.hidden = false; from.select(); } else getSelection().selectAllChildren(from); return; }
    setTimeout(() => { label.textContent = old; button.classList.remove('done'); }, 1800);
  };
  document.addEventListener('click', e => {
    const button = e.target.closest('[data-copy]'); if (button) return copy(button);
    const ask = e.target.closest('[data-confirm] > summary'), confirm = $('#confirm');
    if (ask && confirm) {
      e.preventDefault();
      const parts = [...$('.pop', ask.parentElement).cloneNode(true).children], act = parts.pop();
      parts[0].id = 'cft'; parts[0].className = 'ask'; act.className = 'row';
      $('.body', confirm).replaceChildren(...parts);
      $$('form', confirm).forEach(f => f.remove()); $('.ft', confirm).append(act);
      confirm.showModal(); return;
    }
    const opens = e.target.closest('[data-opens]');
    if (opens) { const box = $('#' + opens.dataset.opens); if (box && box.showModal) { e.preventDefault(); box.showModal(); } return; }
    const closes = e.target.closest('[data-closes]'); if (closes) return closes.closest('dialog').close();
    $$('details.cmd[open]').forEach(d => { if (!d.contains(e.target)) d.open = false; });
  });

  // Keys: never in a field, and single ones can be switched off.
  const keysOff = () => { try { return localStorage.keys === 'off'; } catch { return false; } };
  document.addEventListener('keydown', e => {
    if (e.key === 'Escape') $$('details.cmd[open]').forEach(d => { d.open = false; $('summary', d).focus(); });
    if (e.target.matches('input, select, textarea') || e.ctrlKey || e.metaKey || e.altKey || keysOff()) return;
    const field = $('[data-filter]');
    if (e.key === '/' && field) { e.preventDefault(); field.focus(); field.select(); }
    if (e.key === '?') { const keys = $('#keys'); if (keys && !keys.open) keys.showModal(); }
  });
  const toggle = $('[data-keys]');
  if (toggle) {
    const show = () => { toggle.textContent = keysOff() ? toggle.dataset.on : toggle.dataset.keys; };
    toggle.onclick = () => { try { localStorage.keys = keysOff() ? 'on' : 'off'; } catch { /* not kept */ } show(); };
    show();
  }
  // The visitor's own zone, which only the browser knows.
  const mine = $('[data-zone]'), zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (mine && zone) mine.href = mine.getAttribute('href').replace(/zone=[^&]*/, 'zone=' + encodeURIComponent(zone)); else if (mine) mine.hidden = true;
  $$('[data-submit]').forEach(e => e.addEventListener('change', () => e.form.requestSubmit()));

  // Control: what the forms post, without leaving the page.
  const tell = (text, bad, run) => {
    let e = $('#said');
    if (!e) { e = document.createElement('p'); e.id = 'said'; e.setAttribute('role', 'status'); main.firstElementChild.prepend(e); }
    e.className = 'note ' + (bad ? 'fail' : 'info'); e.textContent = text;
    if (run) { const a = document.createElement('a'); a.className = 'link'; a.href = root + 'runs/' + run; a.textContent = words.run; e.append(a); }
    clearTimeout(tell.timer); tell.timer = setTimeout(() => e.remove(), bad || run ? 20000 : 6000);
  };
  document.addEventListener('submit', async e => {
    const form = e.target.closest('[data-act]');
    if (!form) return;
    e.preventDefault();
    const body = new URLSearchParams(new FormData(form, e.submitter)), box = form.closest('dialog'), pop = form.closest('details');
    body.delete('next');
    if (box) box.close();
    if (pop) pop.open = false;
    try {
      const answer = await fetch(form.action, { method: 'POST', body });
      const said = await answer.json().catch(() => ({}));
      if (answer.ok) tell(form.dataset.act, false, said.run_id); else tell(said.detail || String(answer.status), true);
    } catch { lost(); }
    fetchParts();
  });

  // Search as one types: what is on the page at once, everything from the server when typing rests.
  const field = $('[data-filter]');
  let typing;
  const sift = () => { const q = field.value.trim().toLowerCase(); $$('.job, [data-row]').forEach(e => { e.hidden = !!q && !e.textContent.toLowerCase().includes(q); }); };
  if (field) field.addEventListener('input', () => {
    sift(); clearTimeout(typing);
    typing = setTimeout(() => {
      const query = new URLSearchParams(new FormData(field.form)); query.delete('page');
      history.replaceState(null, '', '?' + query); fetchParts();
    }, 300);
  });

  // Parts of the page, swapped where the server says something else. What is in use stays as it is.
  const busy = e => $('details[open]', e) || (e.contains(document.activeElement) && document.activeElement.matches('input, select, textarea'));
  const sources = new Map();
  const remember = () => $$('[data-part]').forEach(e => { if (e.id && !sources.has(e.id)) sources.set(e.id, e.outerHTML); });
  const put = (old, fresh) => {
    if (sources.get(old.id) === fresh.outerHTML) return;
    if (busy(old)) return;
    const active = old.contains(document.activeElement) && document.activeElement.id;
    const bottom = old.matches('[data-log]') && $('.code', old), follow = $('[data-follow]');
    sources.set(old.id, fresh.outerHTML); old.replaceWith(fresh);
    if (active) { const again = document.getElementById(active); if (again) again.focus(); }
    if (bottom && (!follow || follow.checked)) { const last = $('.l:last-child', fresh); if (last) last.scrollIntoView({ block: 'nearest' }); }
    const failed = $('.st.fail', fresh); if (failed && fresh.matches('[data-card]') && !$('.st.fail', old)) say($('h3', fresh).textContent + ' : ' + failed.textContent);
  };
  const keyed = (old, fresh) => {
    const grid = $('.grid', old), other = $('.grid', fresh);
    if (!grid || !other) { old.replaceWith(fresh); sources.clear(); remember(); return; }
    const wanted = [...other.children], ids = new Set(wanted.map(e => e.id));
    [...grid.children].forEach(e => { if (!ids.has(e.id)) e.remove(); });
    wanted.forEach((card, n) => {
      const known = document.getElementById(card.id);
      if (!known) { sources.set(card.id, card.outerHTML); grid.insertBefore(card, grid.children[n] || null); return; }
      if (grid.children[n] !== known && !busy(grid)) grid.insertBefore(known, grid.children[n] || null);
      put(known, card);
    });
  };
  const parse = text => new DOMParser().parseFromString(text, 'text/html');
  let asking = false, again = false;
  const fetchParts = async () => {
    if (asking) { again = true; return; }
    asking = true;
    try {
      const answer = await fetch(location.href, { cache: 'no-store' });
      if (answer.ok || answer.status === 404) {
        const fresh = parse(await answer.text());
        $$('[data-part]').forEach(old => {
          const other = fresh.getElementById(old.id);
          if (!document.contains(old) || !other || old.closest('[data-keyed]') && old.matches('[data-card]')) return;
          if (old.matches('[data-keyed]') && other.matches('[data-keyed]')) keyed(old, other); else put(old, other);
        });
        if (field && field.value.trim() !== (new URLSearchParams(location.search).get('q') || '').trim()) sift();
        if (!('live' in $('#main', fresh).dataset)) { source && source.close(); clearInterval(poll); clearTimeout(silent); }
      }
      heard();
    } catch { lost(); } finally {
      asking = false;
      if (again) { again = false; setTimeout(fetchParts, 500); }
    }
  };
  const fetchCard = async id => {
    try {
      const answer = await fetch(root + 'fragments/card/' + encodeURIComponent(id), { cache: 'no-store' });
      const old = document.getElementById('job-' + id), fresh = answer.ok && parse(await answer.text()).getElementById('job-' + id);
      if (old && fresh) put(old, fresh); else fetchParts();
    } catch { lost(); }
  };

  // Live: the stream says what changed, the page asks for it; where there is no stream it asks every 10 s.
  let source, poll, silent, last = Date.now(), retry = 2, timer, whole;
  const note = () => {
    let e = $('#lost');
    if (!e) {
      e = document.createElement('div'); e.id = 'lost'; e.className = 'note warn'; e.setAttribute('role', 'status');
      const b = document.createElement('b'), again = document.createElement('button');
      again.className = 'btn sm'; again.type = 'button'; again.textContent = words.again; again.onclick = () => { clearInterval(timer); timer = undefined; fetchParts(); };
      e.append(b, again); main.firstElementChild.prepend(e);
    }
    return $('b', e);
  };
  const heard = () => { last = Date.now(); retry = 2; clearInterval(timer); timer = undefined; const e = $('#lost'); if (e) { e.remove(); open(); } document.body.classList.remove('stale'); };
  const lost = () => {
    if (timer) return;
    let left = retry; retry = Math.min(retry * 2, 30);
    const tick = () => {
      const away = Math.round((Date.now() - last) / 1000), old = away > 60;
      const since = old ? ' ' + words.silent.replace('{rel}', Math.floor(away / 60) + '\u00a0min').replace('{t}', new Date(last).toTimeString().slice(0, 8)) : '';
      note().textContent = words.lost.replace('{d}', left + '\u00a0s') + since;
      document.body.classList.toggle('stale', old);
      if (left-- > 0) return;
      clearInterval(timer); timer = undefined; fetchParts();
    };
    timer = setInterval(tick, 1000); tick();
  };
  const state = (dot, text) => { const e = $('#stream'); $('.dot', e).className = 'dot ' + dot; $('span:last-child', e).textContent = text; };
  const changed = new Set();
  let flushing;
  const flush = () => {
    flushing = undefined;
    const ids = [...changed]; changed.clear();
    if (ids.length && ids.length < 4 && $('[data-keyed]')) ids.forEach(id => { const e = document.getElementById('job-' + id); if (e && seen.has(e)) fetchCard(id); });
    whole ??= setTimeout(() => { whole = undefined; fetchParts(); }, ids.length && $('[data-keyed]') ? 1500 : 0);
  };
  const seen = new Set();
  const watch = new IntersectionObserver(list => list.forEach(e => e.isIntersecting ? seen.add(e.target) : seen.delete(e.target)));
  const news = e => {
    if (!$('#lost')) last = Date.now();
    try { const data = JSON.parse(e.data); const id = data.job_id || data.id; if (id) changed.add(id); } catch { /* a comment */ }
    $$('[data-card]').forEach(card => watch.observe(card));
    flushing ??= setTimeout(flush, 500);
  };
  const polling = () => { poll ??= setInterval(fetchParts, 10000); state('off', words.polls); };
  // A proxy may accept the stream and pass nothing on: only its first word says that it is there.
  const wait = () => { clearTimeout(silent); silent = setTimeout(polling, 5000); };
  const greeted = () => { clearTimeout(silent); clearInterval(poll); poll = undefined; state('ok', words.streams); if ($('#lost')) fetchParts(); };
  const open = () => {
    if (source || document.hidden || !main || !('live' in main.dataset)) return;
    source = new EventSource(root + 'scheduler/events?after=' + encodeURIComponent(main.dataset.live));
    ['run', 'job', 'reload', 'pause', 'resume', 'health', 'reset'].forEach(kind => source.addEventListener(kind, news));
    ['hello', 'reset'].forEach(kind => source.addEventListener(kind, greeted));
    wait();
    source.onerror = () => { if (source.readyState === 2) { source = undefined; polling(); } else wait(); fetchParts(); };
  };
  document.addEventListener('visibilitychange', () => {
    if (!main || !('live' in main.dataset)) return;
    if (document.hidden) { clearTimeout(silent); if (source) source.close(); source = undefined; } else { open(); fetchParts(); }
  });
  remember();
  $$('[data-card]').forEach(card => watch.observe(card));
  open();
  // Times and output move on although nothing is told.
  if (main && 'live' in main.dataset) setInterval(() => { if (!document.hidden) fetchParts(); }, $('[data-follow]') ? 1000 : 30000);

  // The form: groups that belong to what is chosen, and the preview from the server while one types.
  const form = $('[data-jobform]');
  if (form) {
    const value = name => { const e = form.elements[name]; return !e ? '' : e.type === 'checkbox' ? (e.checked ? 'on' : 'off') : e.value; };
    const show = () => $$('[data-when]', form).forEach(e => { const [name, list] = e.dataset.when.split('='); e.hidden = !list.split('|').includes(value(name)); });
    let rest, sent;
    // Findings are shown of fields that were left; the id follows the name until somebody writes one.
    const asked = new URLSearchParams(location.search), left = new Set((asked.get('left') || '').split(','));
    const id = form.elements.id, some = id && (asked.has('left') || !asked.has('form'));
    let own = id && id.value;
    const preview = async () => {
      const data = new URLSearchParams(new FormData(form));
      if (some) data.set('left', [...left].join());
      if (id && !own) data.delete('id');
      const query = data.toString();
      if (query === sent) return;
      sent = query;
      try {
        const answer = await fetch(location.pathname + '?' + query, { cache: 'no-store' });
        if (sent !== query) return;
        const fresh = parse(await answer.text());
        $$('[data-preview]').forEach(old => { const other = fresh.getElementById(old.id); if (other) old.replaceWith(other); });
        $$('[data-error]').forEach(old => { const other = fresh.getElementById(old.id); if (other) { old.replaceWith(other); } });
        $$('[data-field]', form).forEach(e => { const other = $(`[name="${e.name}"]`, fresh); if (!other) return; for (const a of ['aria-invalid', 'aria-describedby']) { const v = other.getAttribute(a); v === null ? e.removeAttribute(a) : e.setAttribute(a, v); } });
        if (id && !own) id.value = $('[name=id]', fresh).value;
        history.replaceState(null, '', '?' + query);
        $$('.seg a').forEach(a => { const all = new URLSearchParams(query); new URLSearchParams(a.search).forEach((v, k) => { if (k === 'lang' || k === 'theme') all.set(k, v); }); a.search = all; });
      } catch { sent = undefined; }
    };
    const soon = () => { show(); clearTimeout(rest); rest = setTimeout(preview, 300); };
    form.addEventListener('input', e => { if (e.target === id) own = id.value; soon(); });
    for (const kind of ['focusout', 'change']) form.addEventListener(kind, e => { if (e.target.name) { left.add(e.target.name); soon(); } });
    show();
  }
})();
