//! The icons of the pages: 16 pixels, 1.5 pixel stroke, inline.

use askama::filters::Safe;

use crate::bot;

/// Name and path of each.
const ICONS: [(&str, &str); 29] = [
    (
        "auto",
        "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM8 2.5v11",
    ),
    (
        "branch",
        "M4.5 2.6a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zM4.5 10.4a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zM11.5 4a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zM4.5 5.6v4.8M11.5 7c0 2.4-3.4 2.6-6 3.6",
    ),
    (
        "calendar",
        "M4 3.5h8A1.5 1.5 0 0 1 13.5 5v7a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 12V5A1.5 1.5 0 0 1 4 3.5zM2.5 6.8h11M5.5 2v2.4M10.5 2v2.4",
    ),
    ("check", "M3.5 8.6l3 3 6-7"),
    (
        "clock",
        "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM8 5v3.2l2.1 1.3",
    ),
    (
        "copy",
        "M6.8 5.5h4.9c.7 0 1.3.6 1.3 1.3v5.4c0 .7-.6 1.3-1.3 1.3H6.8c-.7 0-1.3-.6-1.3-1.3V6.8c0-.7.6-1.3 1.3-1.3zM10.5 5.5V3.8c0-.7-.6-1.3-1.3-1.3H4.3C3.6 2.5 3 3.1 3 3.8v5.4c0 .7.6 1.3 1.3 1.3h1.2",
    ),
    ("cross", "M4.5 4.5l7 7M11.5 4.5l-7 7"),
    ("dark", "M13 9.6A5.5 5.5 0 0 1 6.4 3 5.5 5.5 0 1 0 13 9.6z"),
    ("down", "M8 2.5v7M5 7l3 3 3-3M3 13h10"),
    ("drift", "M8 3v5M5.5 5.5h5M5.5 12h5"),
    (
        "external",
        "M9.5 3H13v3.5M13 3L7.5 8.5M11.5 9.5V13H3V4.5h3.5",
    ),
    (
        "flask",
        "M6 2.5h4M7 2.5v4.2L3.7 12c-.4.7.1 1.5.9 1.5h6.8c.8 0 1.3-.8.9-1.5L9 6.7V2.5M5.2 10h5.6",
    ),
    ("grid", "M3 3h4v4H3zM9 3h4v4H9zM3 9h4v4H3zM9 9h4v4H9z"),
    ("left", "M10 4L6 8l4 4"),
    (
        "light",
        "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM8 1.8v1.4M8 12.8v1.4M1.8 8h1.4M12.8 8h1.4M3.6 3.6l1 1M11.4 11.4l1 1M12.4 3.6l-1 1M4.6 11.4l-1 1",
    ),
    ("list", "M3 4h10M3 8h10M3 12h10"),
    ("lock", "M4.5 7.5h7v6h-7zM6 7.5V5.3a2 2 0 0 1 4 0v2.2"),
    ("pause", "M5.5 3.8v8.4M10.5 3.8v8.4"),
    (
        "pencil",
        "M3 13l.7-2.8L10.9 3 13 5.1l-7.2 7.2zM9.4 4.5l2.1 2.1",
    ),
    ("play", "M5 3.6v8.8L12 8z"),
    (
        "plug",
        "M5.5 2.5v3M10.5 2.5v3M4 5.5h8v2a4 4 0 0 1-8 0zM8 11.5v2.5",
    ),
    ("plus", "M8 3.5v9M3.5 8h9"),
    ("refresh", "M13 8a5 5 0 1 1-1.5-3.6M13 2.4v2.5h-2.5"),
    ("right", "M6 4l4 4-4 4"),
    (
        "rocket",
        "M6 10C6 6.2 8.2 3 13 3c0 4.8-3.2 7-7 7zM6 10L3.3 9.2 5.2 6.6M6 10l.8 2.7 2.6-1.9M4.6 11.4L3 13",
    ),
    (
        "search",
        "M7 2.8a4.2 4.2 0 1 1 0 8.4 4.2 4.2 0 0 1 0-8.4zM10.2 10.2l3.3 3.3",
    ),
    ("skip", "M4 4l4 4-4 4M9 4l4 4-4 4"),
    ("stop", "M4.5 4.5h7v7h-7z"),
    ("warning", "M8 2.8l5.9 10.4H2.1zM8 6.7v3M8 11.4v.1"),
];

/// The path of an icon: one of these, or that of a kind of bot.
fn path(name: &str) -> Option<&'static str> {
    let own = ICONS.iter().find(|(known, _)| *known == name);
    let of_bot = || bot::kind(name).map(|kind| kind.icon);
    own.map(|(_, path)| *path).or_else(of_bot)
}

/// An icon; with more classes than its own.
pub fn icon(name: &str, class: &str) -> Safe<String> {
    let path = path(name).unwrap_or_default();
    let space = if class.is_empty() { "" } else { " " };
    Safe(format!(
        r#"<svg class="i{space}{class}" viewBox="0 0 16 16" aria-hidden="true"><path d="{path}"/></svg>"#
    ))
}
