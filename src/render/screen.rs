//! Tables and times for a terminal, and tab-separated text with RFC 3339 times for everything else.

use unicode_width::UnicodeWidthStr;

use crate::text::{Lang, visible};
use crate::time::{TimeZone, Timestamp, rfc3339};
use crate::view::words;

/// What is known of whoever reads.
#[derive(Clone, Debug)]
pub struct Screen {
    /// A terminal's width in columns; `None` for a pipe or a file.
    pub width: Option<usize>,
    /// Whether to color.
    pub color: bool,
    /// Whether a table off a terminal has its head.
    pub header: bool,
    /// Whether errors alone are told beside the result.
    pub quiet: bool,
    /// Zone of the times on a terminal.
    pub zone: TimeZone,
    /// Language of sentences.
    pub lang: Lang,
    /// The instant that distances are told from.
    pub now: Timestamp,
}

/// A color of the user's own palette; there is always a sign or a word beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tint {
    /// As it is.
    #[default]
    Plain,
    /// Well.
    Green,
    /// Bad, or production.
    Red,
    /// A test, or something to look at.
    Yellow,
    /// Going on.
    Blue,
    /// Beside the point.
    Dim,
}

/// A field of a table.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// What a terminal shows.
    pub shown: String,
    /// What a program reads.
    pub raw: String,
    /// Its color.
    pub tint: Tint,
}

/// Rows under heads. On a narrow terminal spare columns are left out, and what is still too wide
/// is cut in the last column.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The heads.
    pub heads: Vec<String>,
    /// The rows, each as long as the heads.
    pub rows: Vec<Vec<Cell>>,
    /// Heads of the columns that a narrow terminal does without, the first one first.
    pub spare: Vec<String>,
}

impl Cell {
    /// The same text for people and programs.
    pub fn text(text: impl Into<String>) -> Cell {
        let shown: String = text.into();
        Cell {
            raw: shown.clone(),
            shown,
            tint: Tint::Plain,
        }
    }

    /// One text for people, another for programs.
    pub fn both(shown: impl Into<String>, raw: impl Into<String>) -> Cell {
        Cell {
            shown: shown.into(),
            raw: raw.into(),
            tint: Tint::Plain,
        }
    }

    /// The same in a color.
    pub fn tinted(self, tint: Tint) -> Cell {
        Cell { tint, ..self }
    }
}

impl Table {
    /// The table as this reader wants it.
    pub fn render(&self, screen: &Screen) -> String {
        match screen.width {
            Some(width) => self.for_terminal(screen, width),
            None => self.for_programs(screen.header),
        }
    }

    fn for_programs(&self, header: bool) -> String {
        let clean = |text: &str| text.replace(['\t', '\n', '\r'], " ");
        let line = |cells: Vec<String>| format!("{}\n", cells.join("\t"));
        let rows = self
            .rows
            .iter()
            .map(|row| line(row.iter().map(|c| visible(&clean(&c.raw))).collect()));
        let head = header.then(|| line(self.heads.clone()));
        head.into_iter().chain(rows).collect()
    }

    fn for_terminal(&self, screen: &Screen, width: usize) -> String {
        let shown = self.shown(width);
        let columns = shown.len();
        let (heads, widths): (Vec<String>, Vec<usize>) = shown
            .iter()
            .map(|n| (self.heads[*n].clone(), self.width_of(*n)))
            .unzip();
        let before_last: usize = widths[..columns - 1].iter().map(|w| w + 2).sum();
        let room = width.saturating_sub(before_last).max(8);
        let line = |texts: &[String], tints: &[Tint]| {
            let mut line = String::new();
            for (n, text) in texts.iter().enumerate() {
                let is_last = n + 1 == columns;
                let text = if is_last {
                    cut(text, room)
                } else {
                    text.clone()
                };
                line += &screen.paint(&text, tints[n]);
                if !is_last {
                    line += &" ".repeat(widths[n] + 2 - text.width());
                }
            }
            format!("{}\n", line.trim_end())
        };
        let mut out = line(&heads, &vec![Tint::Plain; columns]);
        for row in &self.rows {
            let cells = shown
                .iter()
                .map(|n| (visible(&row[*n].shown), row[*n].tint));
            let (texts, tints): (Vec<String>, Vec<Tint>) = cells.unzip();
            out += &line(&texts, &tints);
        }
        out
    }

    /// The columns that a terminal of this width shows.
    fn shown(&self, width: usize) -> Vec<usize> {
        let mut shown: Vec<usize> = (0..self.heads.len()).collect();
        for spare in &self.spare {
            let total: usize = shown.iter().map(|n| self.width_of(*n) + 2).sum();
            if total <= width + 2 {
                break;
            }
            shown.retain(|n| self.heads[*n] != *spare);
        }
        shown
    }

    fn width_of(&self, n: usize) -> usize {
        let cells = self.rows.iter().map(|row| visible(&row[n].shown).width());
        cells.max().unwrap_or(0).max(self.heads[n].width())
    }
}

/// The text in at most so many columns, with `…` where it was cut.
fn cut(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        if kept.width() + c.to_string().width() + 1 > room {
            break;
        }
        kept.push(c);
    }
    kept + "…"
}

/// A text in lines of at most so many columns.
pub fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last().map_or(0, |line| line.width());
        match lines.last_mut() {
            Some(line) if last == 0 => line.push_str(word),
            Some(line) if last + 1 + word.width() <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

impl Screen {
    /// A program that reads: no colors, times in UTC.
    pub fn plain(lang: Lang) -> Screen {
        Screen {
            width: None,
            color: false,
            header: true,
            quiet: false,
            zone: TimeZone::UTC,
            lang,
            now: Timestamp::UNIX_EPOCH,
        }
    }

    /// Whether people look at a terminal.
    pub fn is_terminal(&self) -> bool {
        self.width.is_some()
    }

    /// Whether someone reads hints.
    pub fn takes_hints(&self) -> bool {
        self.is_terminal() && !self.quiet
    }

    /// A text in the reader's language.
    pub fn say<'a>(&self, en: &'a str, fr: &'a str) -> &'a str {
        if self.lang == Lang::Fr { fr } else { en }
    }

    /// The text in a color, where there are colors.
    pub fn paint(&self, text: &str, tint: Tint) -> String {
        let code = match tint {
            Tint::Plain => return text.to_owned(),
            Tint::Green => 32,
            Tint::Red => 31,
            Tint::Yellow => 33,
            Tint::Blue => 34,
            Tint::Dim => 2,
        };
        if self.color && !text.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    /// An instant: near ones short, for people; RFC 3339 for programs.
    pub fn time(&self, at: Timestamp) -> Cell {
        Cell::both(self.short(at), rfc3339(at))
    }

    /// An instant for people: "10:45", "tomorrow 08:00", "Fri 20 Nov 08:00"; the year where it is
    /// another one.
    pub fn short(&self, at: Timestamp) -> String {
        let local = at.to_zoned_datetime(self.zone.clone());
        let today = self.now.to_zoned_datetime(self.zone.clone()).date();
        let is_whole = local.second() == 0 && local.subsec_nanosecond() == 0;
        let clock = local.strftime(if is_whole { "%H:%M" } else { "%H:%M:%S" });
        let days = today
            .until(local.date())
            .map_or(i32::MAX, |span| span.get_days());
        match days {
            0 => clock.to_string(),
            1 => format!("{} {clock}", self.say("tomorrow", "demain")),
            -1 => format!("{} {clock}", self.say("yesterday", "hier")),
            _ if local.year() == today.year() => {
                format!("{} {clock}", words::day(at, &self.zone, self.lang))
            }
            _ => format!("{} {clock}", words::date(at, &self.zone, self.lang)),
        }
    }

    /// How far ahead an instant lies: "3min", "21h".
    pub fn left(&self, at: Timestamp) -> String {
        let secs = at.duration_since(self.now).as_secs().max(0);
        words::distance(secs.unsigned_abs(), self.lang)
    }

    /// How long something has gone on.
    pub fn since(&self, start: Timestamp) -> String {
        let secs = self.now.duration_since(start).as_secs().max(0);
        words::distance(secs.unsigned_abs(), self.lang)
    }

    /// How long ago an instant was: "42min ago".
    pub fn ago(&self, at: Timestamp) -> String {
        let secs = self.now.duration_since(at).as_secs().max(0);
        let span = words::distance(secs.unsigned_abs(), self.lang);
        match self.lang {
            Lang::En => format!("{span} ago"),
            Lang::Fr => format!("il y a {span}"),
        }
    }

    /// The zone as it is named once: "Europe/Paris (CET)".
    pub fn zone_name(&self) -> String {
        let local = self.now.to_zoned_datetime(self.zone.clone());
        let short = local.strftime("%Z").to_string();
        match self.zone.iana_name() {
            Some(name) if name != short => format!("{name} ({short})"),
            _ => short,
        }
    }
}

/// A span of seconds in its two largest units, for what took that long: "52s", "4min 51s".
pub fn span(secs: f64) -> String {
    let whole = secs.max(0.0).round() as u64;
    match whole {
        0..10 if secs < 9.95 => format!("{secs:.1}s"),
        0..60 => format!("{whole}s"),
        60..3_600 => format!("{}min {:02}s", whole / 60, whole % 60),
        _ => format!("{}h {:02}min", whole / 3_600, whole % 3_600 / 60),
    }
}
