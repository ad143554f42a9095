//! `jobsd explain CODE`: the page of a finding; without a code, the list of them.

use std::io::{self, Write};

use crate::commands::offline::refuse;
use crate::text::Lang;
use crate::text::commands as words;
use crate::text::near::nearest;
use crate::text::pages::{self, PAGES, Page};

/// Runs the command.
///
/// # Errors
/// When the output cannot be written.
pub fn run(
    code: Option<&str>,
    lang: Lang,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let pick = |(en, fr): (&'static str, &'static str)| if lang == Lang::Fr { fr } else { en };
    let Some(code) = code else {
        for page in PAGES {
            writeln!(out, "{}\t{}", page.code, pick(page.what))?;
        }
        return Ok(0);
    };
    let Some(page) = pages::of(code) else {
        let near = nearest(code, PAGES.iter().map(|page| page.code));
        return Ok(refuse(err, &words::no_code(code, near), lang, 2));
    };
    let (wrong, right) = words::examples();
    let example = |text: &'static str| match lang {
        Lang::En => text,
        Lang::Fr => pages::example_in_french(text).unwrap_or(text),
    };
    writeln!(
        out,
        "{code}\n\n{}\n{}\n\n{}\n{}\n{}\n{}",
        pick(page.what),
        pick(page.why),
        wrong.get(lang),
        indented(example(page.wrong)),
        right.get(lang),
        indented(example(page.right))
    )?;
    Ok(0)
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

/// All pages as one Markdown document, for `docs/codes.md`.
pub fn markdown() -> String {
    let one = |page: &Page| {
        format!(
            "## {}\n\n{}\n{}\n\nWrong:\n\n{}\nRight:\n\n{}\n",
            page.code,
            page.what.0,
            page.why.0,
            indented(page.wrong),
            indented(page.right)
        )
    };
    let pages: String = PAGES.iter().map(one).collect();
    let head = "# Codes of findings\n\nThe same pages as `jobsd explain CODE`; the examples are tested.\n\n";
    head.to_owned() + pages.trim_end() + "\n"
}
