//! `jobsd diff [REF]`: what the daemon would change if it read the files now, or those of another
//! commit.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::commands::formats::human_or_json;
use crate::core::change::{self, Difference, Likeness};
use crate::model::diagnostic::Diagnostic;
use crate::model::event::Renamed;
use crate::model::job::{Job, JobId};
use crate::render::Format;
use crate::shell::control::Request;
use crate::shell::disk::scan;
use crate::shell::git::at::Place;
use crate::shell::git::range;
use crate::spec::jobs::loader;
use crate::spec::jobs::read::Reading;
use crate::text::help::French;
use crate::text::{Lang, Text, reload};
use crate::view::answer::in_force::{InForceAnswer, Version};
use crate::view::diff;

/// Jobs whose definitions are compared key by key; of more, the file alone is named.
const DETAILED_MAX: usize = 200;

/// Show what the daemon would change if it read the files now, or those of another commit.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  jobsd diff\n  jobsd diff main --format json\n\nExit codes: 0 \
        nothing differs; 1 something does; 3 no daemon; 5 the files cannot be read."
)]
pub struct Diff {
    /// A branch, tag or commit of the repository that holds the jobs folder [default: the files on
    /// disk].
    #[arg(value_name = "REF")]
    reference: Option<String>,
    /// Output format.
    #[arg(long, value_parser = human_or_json(), default_value = "human")]
    format: Format,
}

/// One line of the answer.
#[derive(Debug)]
struct Change {
    word: &'static str,
    id: String,
    /// The id before a rename.
    from: Option<String>,
    file: String,
    /// Key, old value, new value.
    keys: Vec<(String, Value, Value)>,
    /// The finding about a bad file.
    finding: Option<Diagnostic>,
    has_version: bool,
}

impl Runs for Diff {
    const FRENCH: French = French::new(
        "Montre ce que le démon changerait en lisant les fichiers maintenant, ou ceux d’un autre \
         commit",
        &[(
            "reference",
            "Une branche, une étiquette ou un commit du dépôt du dossier des jobs \
                [défaut : les fichiers du disque]",
        )],
    )
    .with_after(
        "Exemples :\n  jobsd diff\n  jobsd diff main --format json\n\nCodes de sortie : 0 rien ne \
         diffère ; 1 quelque chose diffère ; 3 pas de démon ; 5 fichiers illisibles.",
    );

    fn needs(&self) -> Needs {
        Needs::Daemon
    }

    /// A problem is found where something differs; failed where the files cannot be read.
    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let lang = context.lang();
        let in_force: InForceAnswer = context.read(&Request::InForce { job_id: None })?;
        let (jobs, findings) = self
            .load(context)
            .map_err(|words| Failure::failed(&words))?;
        let (mut changes, difference) = compare(&in_force.jobs, &jobs, &findings);
        let not_renamed = not_renamed(context, &difference, &jobs);
        for change in changes
            .iter_mut()
            .filter(|change| change.word == "changed")
            .take(DETAILED_MAX)
        {
            change.keys = keys_of(context, change, &jobs);
        }
        let restart = &in_force.restart_needed;
        let out = &mut context.out;
        if self.format.is_json() {
            let list: Vec<Value> = changes.iter().map(Change::json).collect();
            let document = json!({"schema": "jobsd.diff/v1", "revision": in_force.revision,
                "changes": list, "not_renamed": not_renamed, "restart_needed": restart});
            writeln!(out, "{document}")?;
        } else {
            for change in &changes {
                writeln!(out, "{}", change.line(lang))?;
            }
            for pair in &not_renamed {
                let note = reload::not_renamed(pair.from.as_str(), pair.to.as_str());
                writeln!(out, "* {}", note.get(lang))?;
            }
            for key in restart {
                writeln!(out, "* {}", reload::waits_for_restart(key).get(lang))?;
            }
            if changes.is_empty() && restart.is_empty() {
                writeln!(out, "{}", reload::no_difference(lang))?;
            }
        }
        Ok(Exit::found(!changes.is_empty() || !restart.is_empty()))
    }
}

type Loaded = (BTreeMap<JobId, Arc<Job>>, Vec<Diagnostic>);

impl Diff {
    /// Reads the files as the daemon would.
    fn load(&self, context: &Context<'_>) -> Result<Loaded, Text> {
        let folder = &context.layout.jobs;
        let (files, mut findings, outside) = match &self.reference {
            Some(reference) => {
                let place = Place::find(folder)?;
                let tree = place.tree(&range::commit(&place.dir, reference)?)?;
                (tree.files, tree.diagnostics, HashSet::new())
            }
            None => {
                let scan = scan::scan(folder).map_err(|error| error.text())?;
                (scan.files, scan.diagnostics, scan.outside)
            }
        };
        let loaded = loader::load(&files, &context.settings());
        let conceal = |mut finding: Diagnostic| {
            if outside.contains(Path::new(&finding.path)) {
                Reading::conceal(&mut finding);
            }
            finding
        };
        findings.extend(loaded.diagnostics.into_iter().map(conceal));
        Ok((loaded.jobs, findings))
    }
}

/// Compares by the rule of adoption, so that this says what a reload will do. The active version
/// stays for a bad file.
fn compare(
    known: &BTreeMap<JobId, Version>,
    jobs: &BTreeMap<JobId, Arc<Job>>,
    findings: &[Diagnostic],
) -> (Vec<Change>, Difference) {
    let mut changes = bad_files(known, findings);
    let bad: HashSet<String> = changes.iter().map(|change| change.id.clone()).collect();
    let known: BTreeMap<&JobId, &Version> = known
        .iter()
        .filter(|(id, _)| !bad.contains(id.as_str()))
        .collect();
    let old = known
        .iter()
        .map(|(id, old)| (*id, Some(old.digest)))
        .collect();
    let new = jobs.iter().map(|(id, job)| (id, job.digest)).collect();
    let differs = |id: &JobId| match (known.get(id), jobs.get(id)) {
        (Some(old), Some(job)) => old.digest != job.digest || !is_same_file(&old.file, &job.file),
        _ => true,
    };
    let difference = change::difference(&old, &new, differs);
    let new_file = |id: &JobId| jobs.get(id).map_or("", |job| &*job.file);
    let old_file = |id: &JobId| known.get(id).map_or("", |old| &*old.file);
    let added = difference.added.iter();
    changes.extend(added.map(|id| Change::new("added", id.as_str(), new_file(id))));
    let changed = difference.changed.iter();
    changes.extend(changed.map(|id| Change::new("changed", id.as_str(), new_file(id))));
    changes.extend(difference.renamed.iter().map(|pair| Change {
        from: Some(pair.from.to_string()),
        ..Change::new("renamed", pair.to.as_str(), new_file(&pair.to))
    }));
    let removed = difference.removed.iter();
    changes.extend(removed.map(|id| Change::new("removed", id.as_str(), old_file(id))));
    changes.sort_by(|a, b| a.id.cmp(&b.id));
    (changes, difference)
}

/// Jobs that would be taken as gone and new, and were probably meant as a rename.
fn not_renamed(
    context: &Context<'_>,
    difference: &Difference,
    jobs: &BTreeMap<JobId, Arc<Job>>,
) -> Vec<Renamed> {
    let old = |id: &JobId| {
        let job_id = Some(id.to_string());
        let definition = context.ask(&Request::InForce { job_id }).ok()?;
        Some(Likeness::of(&definition))
    };
    let new = |id: &JobId| Some(Likeness::of(&jobs.get(id)?.definition.value()));
    difference.alike(old, new)
}

/// A line for each file with an error, by its first error.
fn bad_files(known: &BTreeMap<JobId, Version>, findings: &[Diagnostic]) -> Vec<Change> {
    let mut bad: HashSet<String> = HashSet::new();
    let errors = findings.iter().filter(|finding| finding.is_error());
    errors
        .filter_map(|finding| {
            let id = stem(&finding.path);
            bad.insert(id.clone()).then(|| Change {
                has_version: known.contains_key(id.as_str()),
                finding: Some(finding.clone()),
                ..Change::new("bad", &id, &finding.path)
            })
        })
        .collect()
}

/// The daemon may name the folder otherwise (from another working directory): what lies below it
/// counts.
fn is_same_file(old: &str, new: &str) -> bool {
    let real = |path: &str| Path::new(path).canonicalize();
    old == new
        || matches!((real(old), real(new)), (Ok(a), Ok(b)) if a == b)
        || !Path::new(old).exists()
}

fn stem(path: &str) -> String {
    let stem = Path::new(path).file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// The keys that differ between the active definition and the new one.
fn keys_of(
    context: &Context<'_>,
    change: &Change,
    jobs: &BTreeMap<JobId, Arc<Job>>,
) -> Vec<(String, Value, Value)> {
    let job_id = Some(change.id.clone());
    let (Ok(old), Some(job)) = (
        context.ask(&Request::InForce { job_id }),
        jobs.get(change.id.as_str()),
    ) else {
        return Vec::new();
    };
    diff::keys(&old, &job.definition.value())
}

impl Change {
    fn new(word: &'static str, id: &str, file: &str) -> Change {
        Change {
            word,
            id: id.to_owned(),
            from: None,
            file: file.to_owned(),
            keys: Vec::new(),
            finding: None,
            has_version: false,
        }
    }

    fn line(&self, lang: Lang) -> String {
        let sign = match self.word {
            "added" => '+',
            "removed" => '-',
            "changed" => '~',
            "renamed" => '>',
            _ => '!',
        };
        let word = reload::word(self.word, lang);
        let from = self.from.as_ref();
        let id = from.map_or(self.id.clone(), |from| format!("{from} → {}", self.id));
        let detail = match &self.finding {
            Some(finding) => format!(
                "{}{}{}",
                finding.line(lang),
                if lang == Lang::Fr { " ; " } else { "; " },
                reload::fate(self.has_version).get(lang)
            ),
            None => self.file.clone(),
        };
        let keys = self.keys.iter();
        let keys: String = keys
            .map(|(key, old, new)| format!("\n    {key}: {old} → {new}"))
            .collect();
        format!("{sign} {id}\t{word}\t{detail}{keys}")
    }

    fn json(&self) -> Value {
        let keys = self.keys.iter();
        let keys: Vec<Value> = keys
            .map(|(key, old, new)| json!({"key": key, "old": old, "new": new}))
            .collect();
        json!({"change": self.word, "job_id": self.id, "from": self.from, "file": self.file,
            "keys": keys, "finding": self.finding,
            "stays": self.finding.is_some() && self.has_version})
    }
}
