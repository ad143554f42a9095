//! `jobsd schema`: prints the JSON Schema of a job file or of `jobsd.yaml`, or a reference of its keys; or says whether a
//! committed copy is current.

use std::io::{self, Write};
use std::path::Path;

use serde_json::Value;

use crate::commands::offline::refuse;
use crate::spec::rules::schema::{CONFIG, JOB};
use crate::text::cause::cause;
use crate::text::{Lang, commands as words};
use crate::view::shapes;

/// What was asked.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// `job`, `config`, or a document of the command line.
    pub which: &'a str,
    /// The committed copy to compare with.
    pub check: Option<&'a Path>,
    /// A reference for people instead.
    pub markdown: bool,
    /// Language of people.
    pub lang: Lang,
}

/// Runs the command; the answer is its exit code.
///
/// # Errors
/// When the output cannot be written.
pub fn run(options: &Options<'_>, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let (which, lang) = (options.which, options.lang);
    let checker = if which == "config" { &CONFIG } else { &JOB };
    let text = match (shapes::of_document(which), options.markdown) {
        (Some(shape), _) => format!("{shape:#}\n"),
        (None, true) => markdown(which, checker.schema()),
        (None, false) => checker.text(),
    };
    let Some(path) = options.check else {
        out.write_all(text.as_bytes())?;
        return Ok(0);
    };
    let shown = path.to_string_lossy();
    match std::fs::read_to_string(path) {
        Ok(committed) if committed == text => Ok(0),
        Ok(_) => {
            let which = if options.markdown {
                format!("{which} --markdown")
            } else {
                which.to_owned()
            };
            Ok(refuse(err, &words::stale_schema(&shown, &which), lang, 1))
        }
        Err(error) => {
            let sentence = words::not_read(&shown, &cause(&error));
            Ok(refuse(err, &sentence, lang, 5))
        }
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
    for branch in schema["allOf"].as_array().into_iter().flatten() {
        let types = branch["if"]["properties"].as_object();
        let configs = branch["then"]["properties"].as_object();
        let (Some((tag, value)), Some((key, config))) = (
            types.and_then(|map| map.iter().next()),
            configs.and_then(|map| map.iter().next()),
        ) else {
            continue;
        };
        let value = value["const"].as_str().unwrap_or_default();
        let about = config["description"].as_str().unwrap_or_default();
        text += &format!("\n## `{key}` with `{tag}: {value}`\n\n{about}\n");
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
    for (name, own) in schema["properties"].as_object().into_iter().flatten() {
        let about = own["description"].as_str().unwrap_or_default();
        rows.push((format!("{place}{name}"), about.to_owned()));
        collect(own, &format!("{place}{name}."), rows);
    }
    let of_each = &schema["additionalProperties"];
    if of_each.is_object() {
        collect(of_each, &format!("{place}NAME."), rows);
    }
}
