#![no_main]
//! Any bytes give a tree or faults, with spans inside the text.

use jobsd::spec::yaml::reader::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let parsed = parse(bytes);
    assert!(parsed.root.is_some() || !parsed.faults.is_empty());
    for fault in &parsed.faults {
        assert!(fault.span.line >= 1 && fault.span.column >= 1);
    }
});
