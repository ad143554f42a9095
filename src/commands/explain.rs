//! `jobsd explain CODE`: the page of a finding; without a code, the list of them.

use clap::Args;

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::text::Lang;
use crate::text::commands as words;
use crate::text::explain::in_words::example_in_french;
use crate::text::explain::page::Page;
use crate::text::explain::{self, PAGES};
use crate::text::help::French;
use crate::text::near::nearest;

/// Explain a code of `validate`; without one, list them.
#[derive(Debug, Args)]
pub struct Explain {
    /// The code.
    code: Option<String>,
    /// All pages as Markdown.
    #[arg(long)]
    markdown: bool,
}

impl Runs for Explain {
    const FRENCH: French = French::new(
        "Explique un code de `validate` ; sans code, en donne la liste",
        &[
            ("code", "Le code"),
            ("markdown", "Toutes les pages en Markdown"),
        ],
    );

    fn needs(&self) -> Needs {
        Needs::Layout
    }

    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let lang = context.lang();
        let pick = |(en, fr): (&'static str, &'static str)| if lang == Lang::Fr { fr } else { en };
        if self.markdown {
            context.out.write_all(markdown().as_bytes())?;
            return Ok(Exit::Done);
        }
        let Some(code) = self.code.as_deref() else {
            for page in PAGES.iter() {
                writeln!(context.out, "{}\t{}", page.code, pick(page.what))?;
            }
            return Ok(Exit::Done);
        };
        let Some(page) = explain::of(code) else {
            let near = nearest(code, PAGES.iter().map(|page| page.code));
            return Err(Failure::usage(&words::no_code(code, near)));
        };
        let (wrong, right) = words::examples();
        let example = |text: &'static str| match lang {
            Lang::En => text,
            Lang::Fr => example_in_french(text).unwrap_or(text),
        };
        writeln!(
            context.out,
            "{code}\n\n{}\n{}\n\n{}\n{}\n{}\n{}",
            pick(page.what),
            pick(page.why),
            wrong.get(lang),
            indented(example(page.wrong)),
            right.get(lang),
            indented(example(page.right))
        )?;
        Ok(Exit::Done)
    }
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
    let pages: String = PAGES.iter().copied().map(one).collect();
    let head = "# Codes of findings\n\nThe same pages as `jobsd explain CODE`; the examples are \
        tested.\n\n";
    head.to_owned() + pages.trim_end() + "\n"
}
