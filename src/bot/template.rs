//! The words of messages: texts with names in braces.

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    FirstName,
    Name,
    Age,
    DaysLate,
}

/// A template, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Part>);

/// What a template is filled with.
#[derive(Clone, Copy, Debug)]
pub struct Filling<'a> {
    /// What friends say.
    pub first_name: &'a str,
    /// The full name.
    pub name: &'a str,
    /// The age reached, where the year is known.
    pub age: Option<i16>,
    /// Days after the birthday.
    pub days_late: u32,
}

/// Reads a template.
///
/// # Errors
/// The part that is not known.
pub fn parse(text: &str) -> Result<Template, String> {
    let (mut parts, mut plain) = (Vec::new(), String::new());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(sign) = ["{{", "}}"].iter().find(|sign| rest.starts_with(**sign)) {
            plain.push_str(&sign[..1]);
            rest = &rest[2..];
            continue;
        }
        let end = rest.find('}').map_or(rest.len(), |end| end + 1);
        let part = match &rest[..end] {
            "{first_name}" => Part::FirstName,
            "{name}" => Part::Name,
            "{age}" => Part::Age,
            "{days_late}" => Part::DaysLate,
            unknown => return Err(unknown.chars().take(40).collect()),
        };
        if !plain.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut plain)));
        }
        parts.push(part);
        rest = &rest[end..];
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    Ok(Template(parts))
}

impl Template {
    /// The text for someone; `None` when it needs an age that is not known.
    pub fn fill(&self, filling: &Filling<'_>) -> Option<String> {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::FirstName => text.push_str(filling.first_name),
                Part::Name => text.push_str(filling.name),
                Part::Age => text.push_str(&filling.age?.to_string()),
                Part::DaysLate => text.push_str(&filling.days_late.to_string()),
            }
        }
        Some(text)
    }
}

/// One of the texts that can be filled for someone: the same for the same `seed`.
pub fn choose(templates: &[Template], filling: &Filling<'_>, seed: u64) -> Option<String> {
    let mut texts: Vec<String> = templates.iter().filter_map(|t| t.fill(filling)).collect();
    if texts.is_empty() {
        return None;
    }
    let at = seed % texts.len() as u64;
    Some(texts.swap_remove(at as usize))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn fill(text: &str, age: Option<i16>) -> Option<String> {
        let filling = Filling {
            first_name: "{age}",
            name: "Ana Lima",
            age,
            days_late: 2,
        };
        parse(text).unwrap().fill(&filling)
    }

    #[test]
    fn names_in_braces_are_filled_once_and_others_refused() {
        let text = "Hi {first_name} ({name}), {{x}}: {age}, {days_late}";
        assert_eq!(
            fill(text, Some(40)).unwrap(),
            "Hi {age} (Ana Lima), {x}: 40, 2"
        );
        assert_eq!(fill("{age}", None), None);
        for (text, part) in [
            ("{nam}", "{nam}"),
            ("a } b", "}"),
            ("{", "{"),
            ("{first_name", "{first_name"),
        ] {
            assert_eq!(parse(text), Err(part.to_owned()), "{text}");
        }
    }
}
