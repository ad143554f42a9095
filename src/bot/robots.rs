//! `robots.txt` (RFC 9309): which paths of a host a visitor may ask for.

use std::time::Duration;

/// Bytes that are read of a file, as the RFC asks for at least.
pub const BYTES_MAX: usize = 500 << 10;
/// No host can ask for a longer pause.
const DELAY_MAX: Duration = Duration::from_secs(60);

/// What a host allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Robots {
    rules: Vec<Rule>,
    /// Pause between two requests that the host asks for (`Crawl-delay`; no part of the RFC, widely
    /// used).
    pub delay: Option<Duration>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    allow: bool,
    pattern: String,
}

/// A group of rules and whom it is for.
#[derive(Default)]
struct Group {
    agents: Vec<String>,
    robots: Robots,
    has_rules: bool,
}

impl Robots {
    /// What a file says to a visitor of this name: the groups that name it, else those for `*`.
    pub fn parse(text: &str, agent: &str) -> Robots {
        let agent = agent.to_ascii_lowercase();
        let groups = groups(text);
        let of = |name: &str| {
            let mut merged = None;
            for group in groups.iter().filter(|g| g.agents.iter().any(|a| a == name)) {
                let all: &mut Robots = merged.get_or_insert_with(Robots::default);
                all.rules.extend(group.robots.rules.iter().cloned());
                all.delay = all.delay.max(group.robots.delay);
            }
            merged
        };
        of(&agent).or_else(|| of("*")).unwrap_or_default()
    }

    /// Whether a path with its query may be asked for: the longest rule that matches decides, and
    /// allows when two are alike.
    pub fn allows(&self, path: &str) -> bool {
        if path == "/robots.txt" {
            return true;
        }
        let matching = self
            .rules
            .iter()
            .filter(|rule| matches(&rule.pattern, path));
        let best = matching.max_by_key(|rule| (rule.pattern.len(), rule.allow));
        best.is_none_or(|rule| rule.allow)
    }
}

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let value = value.trim();
        let key = key.trim().to_ascii_lowercase();
        if key == "user-agent" {
            if groups.last().is_none_or(|group| group.has_rules) {
                groups.push(Group::default());
            }
            if let Some(group) = groups.last_mut() {
                group.agents.push(product(value));
            }
            continue;
        }
        let Some(group) = groups.last_mut() else {
            continue;
        };
        match key.as_str() {
            "allow" | "disallow" => {
                group.has_rules = true;
                if !value.is_empty() {
                    group.robots.rules.push(Rule {
                        allow: key == "allow",
                        pattern: value.to_owned(),
                    });
                }
            }
            "crawl-delay" => {
                group.has_rules = true;
                let secs = value.parse::<f64>().ok().filter(|secs| *secs >= 0.0);
                let delay = secs.and_then(|secs| Duration::try_from_secs_f64(secs).ok());
                group.robots.delay = delay.map(|delay| delay.min(DELAY_MAX));
            }
            _ => {}
        }
    }
    groups
}

/// The product token of a user-agent line: what is after it (`/1.0`) says nothing.
fn product(value: &str) -> String {
    let end = value.find(|c: char| !(c.is_ascii_alphabetic() || "_-*".contains(c)));
    value[..end.unwrap_or(value.len())].to_ascii_lowercase()
}

/// Whether a pattern with `*` and a final `$` matches a path from its beginning. Without
/// backtracking: each piece between stars is taken where it first occurs.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, is_anchored) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut pieces = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(pieces.next().unwrap_or_default()) else {
        return false;
    };
    let pieces: Vec<&str> = pieces.collect();
    let Some((last, middle)) = pieces.split_last() else {
        return !is_anchored || rest.is_empty();
    };
    for piece in middle {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    if is_anchored {
        rest.ends_with(last)
    } else {
        rest.contains(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_matching_rule_of_the_own_group_decides() {
        let text = "User-agent: *\nDisallow: /\n\nUser-Agent: other\nUser-agent: JOBSD/2.0\nDisallow: /private # hush\n\
                    Allow: /private/open\nDisallow: /*.pdf$\nDisallow: /a*b*c\nCrawl-delay: 2\n";
        let robots = Robots::parse(text, "jobsd");
        assert_eq!(robots.delay, Some(Duration::from_secs(2)));
        for path in ["/", "/private/open/x", "/x.pdf?a", "/robots.txt", "/acb"] {
            assert!(robots.allows(path), "{path}");
        }
        for path in ["/private", "/private/x", "/d/x.pdf", "/a1b2c3"] {
            assert!(!robots.allows(path), "{path}");
        }
        assert!(!Robots::parse(text, "someone").allows("/x"));
        assert!(
            Robots::parse("Disallow: /", "jobsd").allows("/x"),
            "no group"
        );
        assert!(Robots::parse("User-agent: *\nDisallow:\n", "jobsd").allows("/x"));
    }
}
