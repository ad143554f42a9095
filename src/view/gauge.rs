//! How full a limit is, as pages and commands show it: what is left, and the marks at 70 and at 90
//! percent.

use std::cmp::Reverse;
use std::fmt::Write;

use crate::core::uses::{Levels, Meter};
use crate::text::pages::{Ui, fill};
use crate::time::Timestamp;
use crate::view::look::Look;

/// From here on a limit is shown as nearly used.
pub const NEAR_PERCENT: u64 = 70;
/// From here on it is shown as all but used up.
pub const FULL_PERCENT: u64 = 90;

/// A limit in words, with its bar.
#[derive(Clone, Debug)]
pub struct Gauge {
    /// `Ok`, `Warn` from 70 percent on, `Fail` from 90.
    pub look: Look,
    /// "Today", "Last 7 days".
    pub span: &'static str,
    /// "7 today", for a narrow place.
    pub short: String,
    /// "7 of 10 left".
    pub left: String,
    /// "30% used".
    pub used: String,
    /// The bar with its marks.
    pub svg: String,
    /// Whether nothing is left.
    pub is_spent: bool,
    /// When the first of what is used counts no more.
    pub frees_at: Option<Timestamp>,
    /// The same in words, where nothing is left.
    pub frees: Option<String>,
    /// How much is used, in whole percent.
    percent: u64,
}

impl Gauge {
    /// Whether a mark is passed.
    pub fn is_marked(&self) -> bool {
        self.look != Look::Ok
    }
}

/// The look of a limit.
pub fn look(meter: &Meter) -> Look {
    match meter.percent() {
        ..NEAR_PERCENT => Look::Ok,
        NEAR_PERCENT..FULL_PERCENT => Look::Warn,
        FULL_PERCENT.. => Look::Fail,
    }
}

/// The limits of a job, the day's first.
pub fn gauges(levels: &Levels, t: &Ui) -> Vec<Gauge> {
    let of = |meter: Meter, span, short| {
        let left = meter.left();
        let (a, b) = (t.number(left), t.number(meter.limit));
        let percent = t.number(meter.percent());
        Gauge {
            look: look(&meter),
            span,
            short: t.count(short, left),
            left: fill(t.lim_left, &[("a", &a), ("b", &b)]),
            used: fill(t.lim_used, &[("n", &percent)]),
            svg: bar(&meter),
            is_spent: left == 0,
            frees_at: meter.frees_at,
            frees: None,
            percent: meter.percent(),
        }
    };
    let daily = levels.daily.map(|meter| of(meter, t.lim_day, t.lim_today));
    let weekly = levels.weekly.map(|meter| of(meter, t.h_days7, t.lim_week));
    daily.into_iter().chain(weekly).collect()
}

/// Puts the limit first that is reached first; of two that are spent, the one that frees last.
pub fn tightest_first(gauges: &mut [Gauge]) {
    gauges.sort_by_key(|gauge| (Reverse(gauge.percent.min(100)), Reverse(gauge.frees_at)));
}

/// A bar of a hundred by eight: what is used, and a line at each mark.
fn bar(meter: &Meter) -> String {
    let (class, width) = (look(meter).class(), meter.percent().min(100));
    let mut svg = String::from(r#"<rect class="c-track" width="100" height="8"/>"#);
    // Writing to a string cannot fail.
    let _ = write!(
        svg,
        r#"<rect class="c-{class}" width="{width}" height="8"/>"#
    );
    for mark in [NEAR_PERCENT, FULL_PERCENT] {
        let on = if width > mark { " on" } else { "" };
        let _ = write!(
            svg,
            r#"<line class="c-mark{on}" x1="{mark}" x2="{mark}" y2="8"/>"#
        );
    }
    svg
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;

    fn meter(used: u64) -> Meter {
        Meter {
            used,
            limit: 10,
            frees_at: None,
        }
    }

    #[test]
    fn a_limit_changes_its_look_at_its_marks() {
        let looks = [0, 6, 7, 8, 9, 10, 12].map(|used| look(&meter(used)));
        let (ok, warn, fail) = (Look::Ok, Look::Warn, Look::Fail);
        assert_eq!(looks, [ok, ok, warn, warn, fail, fail, fail]);
        let near = |used| {
            look(&Meter {
                limit: 1_000,
                ..meter(used)
            })
        };
        assert_eq!([699, 700, 899, 900].map(near), [ok, warn, warn, fail]);
    }

    #[test]
    fn what_is_left_is_said_in_both_languages() {
        let levels = Levels {
            daily: Some(meter(12)),
            weekly: Some(Meter {
                limit: 1_200,
                ..meter(3)
            }),
        };
        let said = |lang| {
            let gauges = gauges(&levels, Ui::of(lang)).into_iter();
            gauges
                .map(|gauge| [gauge.short, gauge.left, gauge.used].join("; "))
                .collect::<Vec<_>>()
        };
        let (en, fr) = (said(Lang::En), said(Lang::Fr));
        assert_eq!(
            en,
            [
                "0 today; 0 of 10 left; 120% used",
                "1,197 in 7\u{a0}d; 1,197 of 1,200 left; 0% used"
            ]
        );
        assert_eq!(fr[0], "0 aujourd’hui; reste 0 sur 10; 120\u{a0}% utilisés");
        assert_eq!(
            fr[1],
            "1\u{202f}197 en 7\u{a0}j; reste 1\u{202f}197 sur 1\u{202f}200; 0\u{a0}% utilisés"
        );
    }

    #[test]
    fn the_tightest_limit_comes_first() {
        let levels = Levels {
            daily: Some(meter(0)),
            weekly: Some(meter(10)),
        };
        let mut gauges = gauges(&levels, Ui::of(Lang::En));
        tightest_first(&mut gauges);
        assert_eq!((gauges[0].span, gauges[0].is_spent), ("Last 7 days", true));
        assert_eq!(gauges[1].span, "Today");
    }

    /// It has both marks.
    #[test]
    fn a_bar_never_exceeds_its_limit() {
        let svg = bar(&meter(25));
        assert!(svg.contains(r#"class="c-fail" width="100""#), "{svg}");
        for mark in ["70", "90"] {
            assert!(svg.contains(&format!(r#"x1="{mark}""#)), "{svg}");
        }
        assert!(bar(&meter(3)).contains(r#"class="c-ok" width="30""#));
    }
}
