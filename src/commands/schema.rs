//! `jobsd schema`: prints the JSON Schema of a job file or of `jobsd.yaml`, or says whether a committed copy is current.

use std::io::{self, Write};
use std::path::Path;

use crate::spec::schema::{CONFIG, JOB};
use crate::view::shapes;

/// Runs the command; the answer is its exit code.
///
/// # Errors
/// When the output cannot be written.
pub fn run(
    which: &str,
    check: Option<&Path>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let text = match (which, shapes::of_document(which)) {
        (_, Some(shape)) => format!("{shape:#}\n"),
        ("config", None) => CONFIG.text().to_owned(),
        (_, None) => JOB.text().to_owned(),
    };
    let Some(path) = check else {
        out.write_all(text.as_bytes())?;
        return Ok(0);
    };
    match std::fs::read_to_string(path) {
        Ok(committed) if committed == text => Ok(0),
        Ok(_) => {
            let path = path.display();
            writeln!(
                err,
                "error: {path} is not current\n  help: jobsd schema {which} > {path}"
            )?;
            Ok(1)
        }
        Err(error) => {
            writeln!(err, "error: {} cannot be read: {error}", path.display())?;
            Ok(5)
        }
    }
}
