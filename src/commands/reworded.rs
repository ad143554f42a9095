//! Findings in the reader's language. The daemon answers in English; the files, which are read
//! again, give the other words of the same findings. Those of a server, and of a file that has
//! changed since, stay as they were answered.

use std::path::{Path, PathBuf};

use crate::commands::context::Context;
use crate::commands::offline;
use crate::commands::online::Daemon;
use crate::model::diagnostic::Diagnostic;
use crate::spec::types::config::Settings;
use crate::text::{Lang, in_force};
use crate::view::answer::finding::FindingAnswer;

/// Where the findings of the daemon's answers come from.
pub(super) struct Reworded {
    /// The folder of job files; `None` where nothing is reworded.
    jobs: Option<PathBuf>,
    settings: Settings,
    /// What is wrong in `jobsd.yaml`.
    of_settings: Vec<Diagnostic>,
    lang: Lang,
}

impl Reworded {
    /// For whoever reads the answers of the context's daemon.
    pub(super) fn of(context: &Context<'_>) -> Reworded {
        let is_here = matches!(context.daemon, Daemon::Here(_));
        let is_wanted = is_here && context.lang() != Lang::En;
        Reworded {
            jobs: is_wanted.then(|| context.layout.jobs.clone()),
            settings: context.settings(),
            of_settings: context.layout.diagnostics.clone(),
            lang: context.lang(),
        }
    }

    /// Gives findings the words of the reader's language.
    pub(super) fn findings(&self, list: &mut [FindingAnswer]) {
        if list.is_empty() {
            return;
        }
        let errors = self.errors();
        for finding in list {
            let is_same = |error: &&Diagnostic| {
                (error.span.line, error.span.column) == (finding.span.line, finding.span.column)
                    && error.message.en == finding.message
                    && Path::new(&error.path).file_name() == Path::new(&finding.path).file_name()
            };
            if let Some(error) = errors.iter().find(is_same) {
                finding.message = error.message.get(self.lang).to_owned();
            }
        }
    }

    /// Gives errors in one line, each after its place, the words of the reader's language.
    pub(super) fn lines(&self, list: &mut [String]) {
        if list.is_empty() {
            return;
        }
        let errors = self.errors();
        for line in list {
            if let Some(words) = errors.iter().find_map(|error| self.line(line, error)) {
                *line = in_force::text(&words).get(self.lang).to_owned();
            }
        }
    }

    /// A line that begins with an error, in other words; the daemon may name the folder otherwise.
    fn line(&self, line: &str, error: &Diagnostic) -> Option<String> {
        let english = error.line(Lang::En);
        let name = Path::new(&error.path).file_name()?.to_str()?;
        let own = &english[error.path.len() - name.len()..];
        let (folder, rest) = line.split_once(own)?;
        let is_whole = folder.is_empty() || folder.ends_with('/');
        let words = error.line(self.lang);
        let words = &words[error.path.len() - name.len()..];
        is_whole.then(|| format!("{folder}{words}{rest}"))
    }

    fn errors(&self) -> Vec<Diagnostic> {
        let Some(jobs) = &self.jobs else {
            return Vec::new();
        };
        // A folder that cannot be read has no other words.
        let loaded = offline::load(jobs, &self.settings).unwrap_or_default();
        [loaded.errors, self.of_settings.clone()].concat()
    }
}
