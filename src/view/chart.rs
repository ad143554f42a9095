//! Charts as SVG shapes: numbers and classes alone, never a text, so that they need no escaping.

use std::fmt::Write;

use crate::view::look::Look;
use crate::view::outcomes::Outcomes;

/// One run as a bar: its look and how long it took.
#[derive(Clone, Copy, Debug)]
pub struct Bar {
    /// Its look.
    pub look: Look,
    /// Its duration in seconds; `None` where nothing ran.
    pub secs: Option<f64>,
}

/// Geometry of a row of bars.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Places in the row; the newest bar is at the right.
    pub places: usize,
    /// From one bar to the next.
    pub step: u32,
    /// Width of a bar.
    pub width: u32,
    /// Height of the row.
    pub height: u32,
}

/// Thirty runs on a card.
pub const STRIP: Row = Row {
    places: 30,
    step: 10,
    width: 5,
    height: 22,
};

/// Twenty-four runs in a table.
pub const MINI: Row = Row {
    places: 24,
    step: 5,
    width: 3,
    height: 16,
};

/// Runs, oldest left: height is duration relative to the 95th percentile; failed is full, skipped
/// short, none a stub.
pub fn strip(bars: &[Bar], row: Row) -> String {
    let mut lasts: Vec<f64> = bars.iter().filter_map(|bar| bar.secs).collect();
    let long = percentile(&mut lasts, 95).unwrap_or(0.0).max(0.001);
    let shown = &bars[bars.len().saturating_sub(row.places)..];
    let stubs = row.places - shown.len();
    let full = f64::from(row.height);
    let mut svg = String::with_capacity(row.places * 56);
    for place in 0..row.places {
        let bar = place.checked_sub(stubs).map(|n| shown[n]);
        let (look, part) = match bar {
            None => (Look::None, 0.32),
            Some(Bar { look, .. }) if look == Look::Fail => (look, 1.0),
            Some(Bar { look, secs }) if look == Look::Ok || look == Look::Run => {
                (look, 0.3 + 0.42 * (secs.unwrap_or(0.0) / long).min(1.0))
            }
            Some(Bar { look, .. }) => (look, 0.3),
        };
        let height = full * part;
        let x = place * row.step as usize;
        rect(
            &mut svg,
            look,
            x as f64,
            full - height,
            row.width.into(),
            height,
            1.5,
        );
    }
    svg
}

/// Forty-eight hours around now: what ran, stacked, and what is planned, outlined.
pub fn pulse(past: &[(Outcomes, u64)], planned: &[u64]) -> String {
    let total = |(tally, running): &(Outcomes, u64)| tally.total() + running;
    let highest = past.iter().map(total).chain(planned.iter().copied()).max();
    let unit = (96.0 / highest.unwrap_or(1).max(1) as f64).min(11.5);
    let mut svg = String::with_capacity(3_000);
    for (hour, (tally, running)) in past.iter().enumerate() {
        let parts = [
            (Look::Ok, tally.ok()),
            (Look::Mute, tally.mute()),
            (Look::Warn, tally.warn()),
            (Look::Fail, tally.fail()),
            (Look::Run, *running),
        ];
        let mut base = 106.0;
        for (look, n) in parts.into_iter().filter(|(_, n)| *n > 0) {
            let height = (n as f64 * unit - 1.5).max(2.5);
            rect(
                &mut svg,
                look,
                4.0 + 20.0 * hour as f64,
                base - height,
                12.0,
                height,
                2.0,
            );
            base -= height + 1.5;
        }
    }
    for (hour, n) in planned.iter().enumerate().filter(|(_, n)| **n > 0) {
        let height = (*n as f64 * unit - 2.0).max(2.5);
        let x = 484.5 + 20.0 * hour as f64;
        let _ = write!(
            svg,
            r#"<rect class="c-next" x="{x}" y="{:.1}" width="11" height="{height:.1}" rx="2"/>"#,
            105.5 - height
        );
    }
    svg
}

/// The least of a day that a failure takes: one of a hundred is still seen.
const FAIL_SHARE_MIN: f64 = 0.25;

/// Width of a lane.
pub const LANE_WIDTH: f64 = 960.0;

/// Something on a lane.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    /// Where it begins.
    pub x: f64,
    /// How long it is; a short one is still seen.
    pub width: f64,
    /// How it ended, or that it continues; `None`: it is planned.
    pub look: Option<Look>,
}

/// A day of a job, eighteen high: what ran, what is planned, and now.
pub fn lane(marks: &[Mark], now: f64) -> String {
    let mut svg = String::with_capacity(marks.len() * 80 + 700);
    for hour in (0..=24).step_by(3) {
        let x = LANE_WIDTH / 24.0 * f64::from(hour);
        let _ = write!(svg, r#"<line class="c-grid" x1="{x}" x2="{x}" y2="18"/>"#);
    }
    for mark in marks {
        let width = (mark.width * 10.0).round() / 10.0;
        match mark.look {
            // Failures are full, as everywhere.
            Some(look @ (Look::Fail | Look::Run)) => {
                rect(&mut svg, look, mark.x, 1.0, width.max(3.0), 16.0, 1.5);
            }
            Some(look) => rect(&mut svg, look, mark.x, 4.0, width.max(3.0), 10.0, 1.5),
            None => {
                let (x, width) = ((mark.x * 10.0).round() / 10.0, width.max(4.0));
                let _ = write!(
                    svg,
                    r#"<rect class="c-next" x="{x}" y="4" width="{width}" height="10" rx="1.5"/>"#
                );
            }
        }
    }
    let _ = write!(
        svg,
        r#"<line class="c-now" x1="{now:.1}" x2="{now:.1}" y2="18"/>"#
    );
    svg
}

/// Days in a row, each as its worst outcome; failed days are full, others a little less. A day on
/// which something failed and something did not is parted by their shares.
pub fn days(days: &[Outcomes], step: f64, width: f64, height: f64, radius: f64) -> String {
    let mut svg = String::with_capacity(days.len() * 60);
    for (place, day) in days.iter().enumerate() {
        let look = day.look();
        let inset = if look == Look::Fail {
            0.0
        } else {
            height / 15.0
        };
        let x = step * place as f64;
        let full = height - 2.0 * inset;
        let others = day.total() - day.fail();
        if look == Look::Fail && others > 0 {
            let share = (day.fail() as f64 / day.total() as f64).max(FAIL_SHARE_MIN);
            let rest = if day.ok() > 0 { Look::Ok } else { Look::Warn };
            rect(
                &mut svg,
                rest,
                x,
                0.0,
                width,
                height * (1.0 - share),
                radius,
            );
            rect(
                &mut svg,
                look,
                x,
                height * (1.0 - share),
                width,
                height * share,
                radius,
            );
        } else {
            rect(&mut svg, look, x, inset, width, full, radius);
        }
    }
    svg
}

/// Durations of the last runs, with lines at the median and the 95th percentile.
pub fn durations(bars: &[Bar], median: f64, long: f64) -> String {
    let highest = bars
        .iter()
        .filter_map(|bar| bar.secs)
        .fold(long, f64::max)
        .max(0.001);
    let scale = 112.0 / highest;
    let mut svg = String::with_capacity(bars.len() * 60);
    let first = 60 - bars.len().min(60);
    for (place, bar) in bars.iter().rev().take(60).rev().enumerate() {
        let height = (bar.secs.unwrap_or(0.0) * scale).max(2.0);
        let x = 1.0 + 10.0 * (first + place) as f64;
        rect(&mut svg, bar.look, x, 119.0 - height, 5.5, height, 1.5);
    }
    for value in [median, long] {
        let y = 119.0 - value * scale;
        let _ = write!(
            svg,
            r#"<line class="c-line" x1="0" x2="600" y1="{y:.1}" y2="{y:.1}"/>"#
        );
    }
    svg
}

/// The nearest-rank percentile; `None` of nothing.
pub fn percentile(values: &mut [f64], percent: usize) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let rank = (values.len() * percent).div_ceil(100);
    values.get(rank.saturating_sub(1)).copied()
}

fn rect(svg: &mut String, look: Look, x: f64, y: f64, width: f64, height: f64, radius: f64) {
    let class = look.class();
    // Writing to a string cannot fail.
    let _ = write!(
        svg,
        r#"<rect class="c-{class}" x="{}" y="{:.1}" width="{width}" height="{height:.1}" rx="{radius}"/>"#,
        (x * 10.0).round() / 10.0,
        y
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::run::Status;

    #[test]
    fn a_failed_run_is_the_only_full_bar() {
        let bar = |look, secs| Bar {
            look,
            secs: Some(secs),
        };
        let svg = strip(
            &[bar(Look::Ok, 9.0), bar(Look::Fail, 1.0), bar(Look::Ok, 0.0)],
            STRIP,
        );
        assert_eq!(svg.matches("c-none").count(), 27);
        assert_eq!(svg.matches(r#"y="0.0""#).count(), 1);
        assert!(
            svg.contains(r#"class="c-fail" x="280" y="0.0" width="5" height="22.0""#),
            "{svg}"
        );
    }

    #[test]
    fn the_worst_outcome_is_the_look_of_a_day() {
        let mut day = Outcomes::default();
        assert_eq!(day.look(), Look::None);
        day.add(Status::Success, 3);
        assert_eq!(day.look(), Look::Ok);
        day.add(Status::Missed, 1);
        assert_eq!(day.look(), Look::Warn);
        day.add(Status::Interrupted, 1);
        assert_eq!((day.look(), day.total()), (Look::Fail, 5));
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let mut values = vec![4.0, 1.0, 3.0, 2.0];
        assert_eq!(percentile(&mut values, 50), Some(2.0));
        assert_eq!(percentile(&mut values, 95), Some(4.0));
        assert_eq!(percentile(&mut [], 50), None);
    }
}
