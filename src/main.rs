//! The `jobsd` program: reads the command line, runs one command, gives its exit code.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use jobsd::cli::{Cli, Command};
use jobsd::commands::control::{self, RunOptions, Stage};
use jobsd::commands::offline::{self, refuse};
use jobsd::commands::online::{Daemon, Place};
use jobsd::commands::rewrite::{self, Mode};
use jobsd::commands::show::{self, Format as Output, ListOptions};
use jobsd::commands::{
    bot, completion, create, diff, doctor, explain, export, fsck, history, import, init, local,
    logs, manual, next, overrides, pauses, schema, serve, simulate, terminal, validate, why,
};
use jobsd::model::job::JobId;
use jobsd::model::run::{Status, Trigger};
use jobsd::render;
use jobsd::render::plain::Plain;
use jobsd::render::screen::Screen;
use jobsd::shell::clock;
use jobsd::shell::journal::query::{Cursor, Filter};
use jobsd::shell::process::shim;
use jobsd::shell::settings::{Flags, Layout};
use jobsd::shell::zones;
use jobsd::spec::config::ZoneData;
use jobsd::text::cause::cause;
use jobsd::text::{self, Lang, command_errors};
use jobsd::time::SignedDuration;
use jobsd::usage::{self, Read};

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    let lang = usage::lang_flag(&args).unwrap_or_else(|| lang(None));
    let (mut out, mut stderr) = (io::stdout(), io::stderr());
    let mut err = Plain(&mut stderr);
    let done = match usage::read(&args, lang) {
        Read::Run(cli) => match &cli.command {
            Command::Exec(wishes) => std::process::exit(shim::run(wishes)),
            _ => run(*cli, &mut out, &mut err),
        },
        Read::Show(help) if terminal::colors() => writeln!(out, "{}", help.ansi()).map(|()| 0),
        Read::Show(help) => writeln!(out, "{help}").map(|()| 0),
        Read::Refuse(text) => err.write_all(text.as_bytes()).map(|()| 2),
    };
    let code = done.unwrap_or_else(|error| match error.kind() {
        // Whoever reads our output has seen enough.
        io::ErrorKind::BrokenPipe => 0,
        _ => refuse(&mut Plain(&mut io::stderr()), &cause(&error), lang, 5),
    });
    ExitCode::from(code)
}

fn run(cli: Cli, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let lang = lang(cli.lang.as_deref());
    if let Command::Bot { bot } = cli.command {
        // A program of its own: nothing of jobsd.yaml is its business.
        zones::choose_as_told();
        return bot::run(bot, lang, out, err);
    }
    // The zone of `defaults` in jobsd.yaml is looked up before jobsd.yaml says which copy serves.
    zones::choose(ZoneData::default());
    let level = terminal::level(&cli);
    let is_daemon = matches!(cli.command, Command::Serve { .. });
    if let Some(level) = level.filter(|_| !is_daemon && !cli.quiet) {
        terminal::explain(level);
    }
    let screen = match terminal::screen(&cli, lang) {
        Ok(screen) => screen,
        Err(sentence) => return Ok(refuse(err, &sentence, lang, 2)),
    };
    let flags = Flags {
        jobs: cli.jobs,
        state: cli.state,
        config: cli.config,
    };
    let layout = match Layout::find(&flags) {
        Ok(layout) => layout,
        Err(error) => return Ok(refuse(err, &error.text(), lang, 2)),
    };
    if layout.config.zone_data != ZoneData::default() {
        zones::choose(layout.config.zone_data);
    }
    let (state, settings) = (layout.state.clone(), layout.config.settings());
    tracing::debug!(jobs = %layout.jobs.display(), config = %layout.config_file.display(), state = %state.display(), "folders");
    let reads_it = !matches!(
        cli.command,
        Command::Validate { .. }
            | Command::Schema { .. }
            | Command::Explain { .. }
            | Command::Completions { .. }
            | Command::Man { .. }
    );
    // With a bad jobsd.yaml the folders are unknown: a client that names the state directory needs none of it.
    let is_client = flags.state.is_some() && !matches!(cli.command, Command::Serve { .. });
    if reads_it && layout.is_bad() && !is_client {
        let source = |path: &str| std::fs::read_to_string(path).ok();
        err.write_all(
            render::text::findings(&layout.diagnostics, &source, false, lang).as_bytes(),
        )?;
        return Ok(2);
    }
    let named = |flag: Option<String>, name: &str| {
        let set = std::env::var(name).ok();
        flag.or(set).filter(|text| !text.is_empty())
    };
    let server = named(cli.server, "JOBSD_SERVER");
    if let Some(what) = server.as_ref().and_then(|_| cli.command.reads_here()) {
        return Ok(refuse(err, &text::control::reads_here(what), lang, 2));
    }
    let token_file = cli
        .token_file
        .map(|path| path.to_string_lossy().into_owned());
    let is_free = flags.jobs.is_none() && flags.state.is_none() && flags.config.is_none();
    let place = Place {
        state: &state,
        server,
        token_file: named(token_file, "JOBSD_TOKEN_FILE").map(Into::into),
        listens: (is_free && cli.command.asks()).then(|| serve::address(&layout)),
    };
    let daemon = match Daemon::find(place, &screen, err) {
        Ok(daemon) => daemon,
        Err(failure) => return Ok(failure.tell(lang, err)),
    };
    match cli.command {
        Command::Serve { listen } => serve::run(layout, listen, (level, lang), err),
        Command::Validate {
            paths,
            format,
            mut deny,
            strict,
            allow,
            stdin_filename,
            max_errors,
            notes,
            fix,
        } => {
            deny.extend(strict.then(|| "warnings".to_owned()));
            let paths = if paths.is_empty() {
                vec![layout.jobs]
            } else {
                paths
            };
            if fix {
                let code = rewrite::fix(&paths, (screen.quiet, lang), err)?;
                if code == 2 {
                    return Ok(code);
                }
            }
            let color = screen.color;
            let options = validate::Options {
                paths,
                config: flags.config,
                stdin_filename,
                format,
                deny,
                allow,
                shown_max: max_errors.map(|most| most as usize),
                notes,
                color,
                quiet: screen.quiet,
                lang,
            };
            validate::run(&options, out, err)
        }
        Command::Init { dir, ci } => {
            let options = init::Options {
                dir,
                jobs: flags.jobs,
                state: flags.state,
                names_config: flags.config.is_some(),
                ci,
                lang,
            };
            init::run(&options, out, err)
        }
        Command::New(job) => {
            let place = create::Place {
                jobs: &layout.jobs,
                settings: &settings,
                now: clock::now(),
                lang,
            };
            create::new(&job, place, out, err)
        }
        Command::Import(wanted) => {
            let place = import::Place {
                jobs: &layout.jobs,
                settings: &settings,
                screen: &screen,
            };
            import::run(&wanted, place, out, err)
        }
        Command::Export { ids, all: _, to } => {
            let jobs = offline::jobs(&layout.jobs, &settings, lang, err)
                .and_then(|jobs| offline::pick(jobs, &ids, lang, err));
            jobs.map_or_else(Ok, |jobs| {
                export::run(&jobs, to, (&layout.base, &screen), out, err)
            })
        }
        Command::Fmt {
            paths,
            check: _,
            diff,
            write,
        } => {
            let paths = if paths.is_empty() {
                vec![layout.jobs]
            } else {
                paths
            };
            let mode = match (diff, write) {
                (_, true) => Mode::Write,
                (true, false) => Mode::Diff,
                (false, false) => Mode::Check,
            };
            rewrite::format(&paths, mode, lang, out, err)
        }
        Command::Explain {
            code: _,
            markdown: true,
        } => out.write_all(explain::markdown().as_bytes()).map(|()| 0),
        Command::Explain {
            code,
            markdown: false,
        } => explain::run(code.as_deref(), lang, out, err),
        Command::Schema {
            which,
            check,
            markdown,
        } => {
            let options = schema::Options {
                which: &which,
                check: check.as_deref(),
                markdown,
                lang,
            };
            schema::run(&options, out, err)
        }
        Command::Next {
            ids,
            file,
            schedule,
            tz,
            explain,
            from,
            until,
            count,
            format,
        } => {
            let named = match (&schedule, &file) {
                (Some(text), _) => next::bare(text, &tz, lang, err).map(|named| vec![named]),
                (None, Some(file)) => {
                    offline::job_of_file(file, &settings, lang, err).map(|job| vec![(&job).into()])
                }
                (None, None) => offline::jobs(&layout.jobs, &settings, lang, err)
                    .and_then(|jobs| offline::pick(jobs, &ids, lang, err))
                    .map(|jobs| jobs.iter().map(Into::into).collect()),
            };
            let (now, as_json) = (clock::now(), format == "json");
            let now = from.is_none().then_some(now);
            let from = from.unwrap_or_else(clock::now);
            let options = next::Options {
                from,
                until,
                count,
                explain,
                as_json,
                lang,
                now,
            };
            named.map_or_else(Ok, |list| next::run(&list, &options, out))
        }
        Command::Simulate {
            ids,
            from,
            until,
            duration,
            max_concurrent_runs,
            format,
        } => {
            let jobs = offline::jobs(&layout.jobs, &settings, lang, err)
                .and_then(|jobs| offline::pick(jobs, &ids, lang, err));
            let from = from.unwrap_or_else(clock::now);
            let until = until.unwrap_or_else(|| from + SignedDuration::from_hours(24));
            let as_json = format == "json";
            let options = simulate::Options {
                from,
                until,
                duration_secs: duration,
                max_concurrent_runs,
                as_json,
            };
            jobs.map_or_else(Ok, |jobs| simulate::run(&jobs, &state, &options, out))
        }
        Command::List {
            offline,
            show: wanted,
            mode,
            bot_type,
            label,
            sort,
            columns,
            watch,
            format,
        } => {
            let options = ListOptions {
                show: wanted,
                mode,
                bot_type,
                label,
                sort,
                columns,
                watch,
                format,
            };
            let mut stage = stage((&daemon, &state), &screen, format, out, err);
            let files = offline.then_some((layout.jobs.as_path(), &settings));
            show::list(files, &options, &mut stage)
        }
        Command::Status {
            id,
            check,
            watch,
            format,
        } => show::status(
            id,
            (check, watch),
            &mut stage((&daemon, &state), &screen, format, out, err),
        ),
        Command::History {
            id,
            offline: _,
            status,
            trigger,
            since,
            until,
            limit,
            cursor,
            summary,
            format,
        } => {
            let known = |text: &Option<String>| {
                text.as_deref()
                    .map(|text| history::instant(text, clock::now()))
                    .transpose()
            };
            let (since, until) = match (known(&since), known(&until)) {
                (Ok(since), Ok(until)) => (since, until),
                (Err(sentence), _) | (_, Err(sentence)) => {
                    return Ok(refuse(err, &sentence, lang, 2));
                }
            };
            let cursor = match cursor
                .as_deref()
                .map(|text| Cursor::parse(text).ok_or(text))
                .transpose()
            {
                Ok(cursor) => cursor,
                Err(text) => {
                    return Ok(refuse(err, &command_errors::not_a_cursor(text), lang, 2));
                }
            };
            let job_id = match id
                .as_deref()
                .map(|text| JobId::new(text).ok_or(text))
                .transpose()
            {
                Ok(job_id) => job_id,
                Err(text) => {
                    return Ok(refuse(err, &command_errors::not_a_job_id(text), lang, 2));
                }
            };
            if let Some(id) = &job_id
                && !history::is_known(&state, id)?
            {
                // A job that never ran is no mistake; one that nobody knows is.
                let jobs = offline::jobs(&layout.jobs, &settings, lang, &mut io::sink());
                let ids = [id.to_string()];
                if let Err(code) = offline::pick(jobs.unwrap_or_default(), &ids, lang, err) {
                    return Ok(code);
                }
            }
            let filter = Filter {
                job_id,
                status: status.as_deref().and_then(Status::parse),
                trigger: trigger.as_deref().and_then(Trigger::parse),
                since,
                until,
            };
            let options = history::Options {
                filter,
                limit,
                cursor,
                summary,
                format,
            };
            history::run(&state, &options, &screen, out)
        }
        Command::Fsck { repair, format } => fsck::run(&state, repair, format, lang, out, err),
        Command::Run {
            id,
            local: true,
            set,
            dry_run,
            pass_exit_code,
            ..
        } => {
            let jobs = offline::jobs(&layout.jobs, &settings, lang, err);
            let picked = jobs.and_then(|jobs| offline::pick(jobs, &[id], lang, err));
            let job =
                picked.and_then(|jobs| overrides::apply(&jobs[0], &set, &settings, (lang, err)));
            job.map_or_else(Ok, |job| {
                let how = local::How {
                    dry_run,
                    pass_exit_code,
                };
                local::run(&job, &state, layout.base, how, (&screen, out, err))
            })
        }
        Command::Run {
            id,
            local: false,
            set: _,
            dry_run,
            wait,
            follow,
            timeout,
            pass_exit_code,
            yes,
            format,
        } => {
            let options = RunOptions {
                id,
                dry_run,
                wait: wait || pass_exit_code || timeout.is_some(),
                follow,
                timeout: timeout.and_then(|span| span.try_into().ok()),
                pass_exit_code,
                yes,
                can_ask: io::stdin().is_terminal() && io::stderr().is_terminal(),
            };
            control::run(
                options,
                &mut stage((&daemon, &state), &screen, format, out, err),
            )
        }
        Command::Logs {
            target,
            follow,
            stderr,
            attempt,
            tail,
            timestamps,
        } => {
            let options = logs::Options {
                target,
                follow,
                stderr,
                attempt,
                tail,
                timestamps,
                is_terminal: io::stdout().is_terminal(),
                quiet: screen.quiet,
                zone: screen.zone,
                lang,
            };
            logs::run(&state, &options, out, err)
        }
        Command::Exec(_) => Ok(refuse(err, &command_errors::daemon_alone(), lang, 2)),
        Command::Bot { bot } => bot::run(bot, lang, out, err),
        Command::Pause {
            id,
            all: _,
            lasts,
            until,
            reason,
            format,
        } => {
            let until = until.or(lasts.and_then(|span| screen.now.checked_add(span).ok()));
            let mut stage = stage((&daemon, &state), &screen, format, out, err);
            pauses::pause(id.as_deref(), until, reason, &mut stage)
        }
        Command::Resume { id, all: _, format } => {
            let mut stage = stage((&daemon, &state), &screen, format, out, err);
            pauses::resume(id.as_deref(), &mut stage)
        }
        Command::Cancel { run, grace, format } => control::cancel(
            &run,
            grace,
            &mut stage((&daemon, &state), &screen, format, out, err),
        ),
        Command::Diff { reference, format } => {
            let options = diff::Options {
                jobs: layout.jobs,
                reference,
                settings,
                as_json: format == "json",
                lang,
            };
            diff::run(&options, &daemon, out, err)
        }
        Command::Reload { format } => {
            control::reload(&mut stage((&daemon, &state), &screen, format, out, err))
        }
        Command::Why { id, at, format } => {
            let form = (&screen, format != Output::Human);
            why::run((&state, &id), at, form, out, err)
        }
        Command::Doctor { format } => {
            let form = (&screen, format != Output::Human);
            doctor::run(
                (&layout.jobs, &layout.config_file, &state),
                &settings,
                form,
                out,
            )
        }
        Command::Completions { shell } => completion::run(shell, out),
        Command::Man { dir } => manual::pages(&dir, out),
    }
}

fn stage<'a>(
    (daemon, state): (&'a Daemon, &'a Path),
    screen: &'a Screen,
    format: Output,
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
) -> Stage<'a> {
    let as_json = format != Output::Human;
    Stage {
        daemon,
        state,
        screen,
        as_json,
        out,
        err,
    }
}

/// The flag, then the environment in the order that programs use.
fn lang(flag: Option<&str>) -> Lang {
    let names = ["JOBSD_LANG", "LC_ALL", "LC_MESSAGES", "LANG"];
    let set = names
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|text| !text.is_empty());
    flag.map_or_else(|| set.map_or(Lang::En, |text| Lang::of(&text)), Lang::of)
}
