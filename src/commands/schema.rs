//! `jobsd schema`: prints the JSON Schema of a job file or of `jobsd.yaml`, or a reference of its
//! keys; or says whether a committed copy is current.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::plan::document as plan;
use crate::spec::rules::branch::{Branch, branches};
use crate::spec::rules::schema::{CONFIG, JOB};
use crate::spec::types::part::{description, properties};
use crate::text::cause::cause;
use crate::text::commands as words;
use crate::text::help::French;
use crate::view::document;

/// Print a JSON Schema: of job files, or of jobsd.yaml.
#[derive(Debug, Args)]
pub struct Schema {
    /// Which schema.
    #[arg(default_value = "job", value_parser = names())]
    which: String,
    /// Say whether this committed copy is current.
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
    /// A field reference in Markdown instead.
    #[arg(long)]
    markdown: bool,
}

/// What there is a schema of.
fn names() -> Vec<&'static str> {
    let mut names = vec!["job", "config"];
    names.extend(document::SCHEMAS.map(|(name, _)| name));
    names.push("plan");
    names
}

impl Runs for Schema {
    const FRENCH: French = French::new(
        "Affiche un schéma JSON : des fichiers de job, ou de jobsd.yaml",
        &[
            ("which", "Quel schéma"),
            ("check", "Dit si cette copie versionnée est à jour"),
            (
                "markdown",
                "Une référence des champs en Markdown à la place",
            ),
        ],
    );

    fn needs(&self) -> Needs {
        Needs::Layout
    }

    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let which = self.which.as_str();
        let checker = if which == "config" { &CONFIG } else { &JOB };
        let plan: document::Named = ("plan", plan::schema);
        let mut documents = document::SCHEMAS.into_iter().chain([plan]);
        let document = documents.find(|(name, _)| *name == which);
        let text = match (document, self.markdown) {
            (Some((_, schema)), _) => format!("{:#}\n", schema().as_value()),
            (None, true) => markdown(which, checker.schema()),
            (None, false) => checker.text(),
        };
        let Some(path) = &self.check else {
            context.out.write_all(text.as_bytes())?;
            return Ok(Exit::Done);
        };
        let shown = path.to_string_lossy();
        let committed = std::fs::read_to_string(path)
            .map_err(|error| Failure::failed(&words::not_read(&shown, &cause(&error))))?;
        if committed == text {
            return Ok(Exit::Done);
        }
        let which = if self.markdown {
            format!("{which} --markdown")
        } else {
            which.to_owned()
        };
        let sentence = words::stale_schema(&shown, &which);
        Err(Failure::new(Exit::Found, &sentence))
    }
}

/// Every key with its description, as a Markdown document.
fn markdown(which: &str, schema: &Value) -> String {
    let file = if which == "config" {
        "jobsd.yaml"
    } else {
        "a job file"
    };
    let mut text = format!(
        "# Keys of {file}\n\nThe same words as in the JSON Schema: `jobsd schema {which}`.\n"
    );
    text += &table(schema, "");
    for branch in branches(schema) {
        let Branch {
            tag,
            kind,
            key,
            config,
        } = branch;
        let about = description(config).unwrap_or_default();
        text += &format!("\n## `{key}` with `{tag}: {kind}`\n\n{about}\n");
        text += &table(config, &format!("{key}."));
    }
    text
}

/// The keys of a schema object and of the objects in it.
fn table(schema: &Value, place: &str) -> String {
    let mut rows = Vec::new();
    collect(schema, place, &mut rows);
    if rows.is_empty() {
        return String::new();
    }
    let lines = rows.into_iter().map(|(key, about)| {
        // A line break or a bar would end the row or the cell.
        let about = about.replace('\n', " ").replace('|', "\\|");
        format!("| `{key}` | {about} |\n")
    });
    "\n| key | meaning |\n| --- | --- |\n".to_owned() + &lines.collect::<String>()
}

fn collect(schema: &Value, place: &str, rows: &mut Vec<(String, String)>) {
    for (name, own) in properties(schema) {
        let about = description(own).unwrap_or_default();
        rows.push((format!("{place}{name}"), about.to_owned()));
        collect(own, &format!("{place}{name}."), rows);
    }
    if let Some(of_each) = schema.get("additionalProperties") {
        collect(of_each, &format!("{place}NAME."), rows);
    }
}
