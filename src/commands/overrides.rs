//! `--set KEY=VALUE`: a job with other values in its `bot_config`, for one run, checked like a file
//! that says so.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::commands::context::Context;
use crate::commands::exit::{Exit, Failure};
use crate::model::job::Job;
use crate::spec::SourceFile;
use crate::spec::jobs::loader;
use crate::text::{command_errors as words, commands};

/// The job with these values; a dot leads into a map (`delivery.smtp.host=localhost`).
///
/// # Errors
/// [`Failure`] where it is not a pair, or not a good job, which is reported.
pub fn apply(
    job: &Arc<Job>,
    set: &[String],
    context: &mut Context<'_>,
) -> Result<Arc<Job>, Failure> {
    if set.is_empty() {
        return Ok(job.clone());
    }
    let mut definition = job.definition.value();
    for text in set {
        let pair = text.split_once('=').filter(|(key, _)| !key.is_empty());
        let Some((key, value)) = pair else {
            return Err(Failure::usage(&words::not_a_pair(text)));
        };
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        *place(&mut definition, &format!("bot_config.{key}")) = value;
    }
    // JSON is YAML: the whole way of a file, with every rule.
    let file = SourceFile {
        path: job.file.to_string(),
        bytes: definition.to_string().into_bytes(),
    };
    let loaded = loader::load(&[file], &context.settings());
    let errors: Vec<_> = loaded.diagnostics.iter().filter(|f| f.is_error()).collect();
    for error in &errors {
        let sentence = commands::finding(&error.message, &error.help);
        context.report(&Failure::usage(&words::of_set(&sentence)));
    }
    let made = loaded.jobs.into_values().next();
    made.filter(|_| errors.is_empty())
        .ok_or(Failure::Reported(Exit::Usage))
}

/// Where a key is, made where it is not there.
fn place<'a>(definition: &'a mut Value, key: &str) -> &'a mut Value {
    key.split('.').fold(definition, |map, part| {
        if !map.is_object() {
            *map = json!({});
        }
        &mut map[part]
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::apply;
    use crate::commands::context::Context;
    use crate::commands::exit::{Exit, Failure};
    use crate::model::job::Job;
    use crate::spec::SourceFile;
    use crate::spec::jobs::loader;
    use crate::spec::types::config::Settings;
    use crate::text::Lang;
    use crate::written;

    fn jobs() -> Vec<std::sync::Arc<Job>> {
        let entries = std::fs::read_dir("examples").unwrap();
        let files: Vec<SourceFile> = entries
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
            .map(|path| SourceFile {
                path: path.to_string_lossy().into_owned(),
                bytes: std::fs::read(&path).unwrap(),
            })
            .collect();
        let loaded = loader::load(&files, &Settings::default());
        loaded.jobs.into_values().collect()
    }

    #[test]
    fn every_example_value_parses_and_unknown_keys_do_not() {
        let jobs = jobs();
        assert!(jobs.len() > 5);
        for job in jobs {
            let (key, value) = match job.bot.name {
                "command" => ("stdin", "said"),
                _ => ("dry_run", "true"),
            };
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let mut context = Context::bare(Lang::En, &mut out, &mut err);
            let mut set = |text: String| apply(&job, &[text], &mut context);
            let made = set(format!("{key}={value}")).unwrap();
            assert_eq!(made.id, job.id);
            let definition = made.definition.value();
            let value = written::at(&definition, &format!("bot_config.{key}")).unwrap();
            assert!(*value == true || *value == "said", "{value}");
            let unknown = set(format!("no_such_{key}=1")).unwrap_err();
            assert!(matches!(unknown, Failure::Reported(Exit::Usage)));
            let bare = set("nothing".to_owned()).unwrap_err();
            assert!(matches!(bare, Failure::Said(Exit::Usage, _)));
            let text = String::from_utf8(err).unwrap();
            assert!(text.contains("no_such_"), "{}: {text}", job.id);
        }
    }
}
