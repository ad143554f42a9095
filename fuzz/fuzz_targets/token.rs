#![no_main]
//! Any text is looked through for secrets: what is found lies inside it, in order, and is covered letter for letter.

use jobsd::text::secret::covered;
use jobsd::text::token::tokens;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let shown = covered(text);
    let mut end = 0;
    for token in tokens(text) {
        assert!(end <= token.place.start && token.place.start < token.place.end);
        assert!(text.get(token.place.clone()).is_some());
        end = token.place.end;
    }
    assert_eq!(shown.chars().count(), text.chars().count());
});
