#![no_main]
//! Any bytes give a job or an error, never "our fault", and can be shown in every format.

use jobsd::render::findings::Checked;
use jobsd::render::{github, gitlab, json, junit, sarif, text};
use jobsd::spec::SourceFile;
use jobsd::spec::jobs::{compile, loader};
use jobsd::spec::types::config::Settings;
use jobsd::text::Lang;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let file = SourceFile { path: "jobs.d/a.yaml".into(), bytes: bytes.to_vec() };
    let loaded = loader::load(&[file], &Settings::default());
    let errors = loaded.diagnostics.iter().any(|finding| finding.is_error());
    assert!(errors != (loaded.jobs.len() == 1));
    assert!(!loaded.diagnostics.iter().any(|finding| finding.code == "schema"));
    for job in loaded.jobs.values() {
        // What the history keeps of it gives the same job again.
        let again = compile::restore(job.id.clone(), &job.file, &job.definition, &Settings::default());
        assert_eq!(again.map(|again| (again.digest, again.definition)), Some((job.digest, job.definition.clone())));
    }
    let source = |_: &str| Some(String::from_utf8_lossy(bytes).into_owned());
    let checked = Checked { files: vec!["jobs.d/a.yaml".into()], findings: loaded.diagnostics, sources: Default::default() };
    for lang in [Lang::En, Lang::Fr] {
        text::findings(&checked.findings, &source, false, lang);
    }
    json::document(&checked);
    github::commands(&checked.findings);
    gitlab::report(&checked.findings);
    sarif::log(&checked.findings, "0");
    junit::report(&checked);
});
