//! Plain scalars to values: the core types of YAML 1.2, and what an unquoted number would mean
//! elsewhere.

use serde_json::Value;

/// The value of a plain scalar.
pub fn core(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return i64::from_str_radix(hex, 16).map_or_else(|_| text.into(), Value::from);
    }
    if let Some(octal) = text.strip_prefix("0o") {
        return i64::from_str_radix(octal, 8).map_or_else(|_| text.into(), Value::from);
    }
    let starts = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    let is_number = starts
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    if !is_number {
        return text.into();
    }
    let bare = text.strip_prefix('+').unwrap_or(text);
    if let Ok(number) = bare.parse::<i64>() {
        return number.into();
    }
    if let Ok(number) = bare.parse::<u64>() {
        return number.into();
    }
    let float = text.parse::<f64>().ok().filter(|float| float.is_finite());
    float.map_or_else(|| text.into(), Value::from)
}

/// The number that a plain scalar with a leading zero would be in YAML 1.2, sign kept; `None`
/// without a leading zero.
pub fn without_zeros(text: &str) -> Option<String> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_led = digits.len() > 1 && digits.starts_with('0');
    if !is_led || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let bare = digits.trim_start_matches('0');
    Some(match (text.starts_with('-'), bare) {
        (_, "") => "0".to_owned(),
        (true, bare) => format!("-{bare}"),
        (false, bare) => bare.to_owned(),
    })
}
