//! Findings of values: of the wrong kind, form or length, or outside their bounds.

use crate::text::findings::did_you_mean;
use crate::text::{Text, Words, guillemets, short};

/// Bounds of a number.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// The least value.
    pub min: Option<String>,
    /// The greatest value.
    pub max: Option<String>,
}

impl Bounds {
    fn text(&self) -> Text {
        match (&self.min, &self.max) {
            (Some(min), Some(max)) => {
                text!("from {min} to {max}", "de {min} à {max}")
            }
            (Some(min), None) => text!("at least {min}", "au moins {min}"),
            (None, Some(max)) => text!("at most {max}", "au plus {max}"),
            (None, None) => text!("inside its bounds", "dans ses bornes"),
        }
    }
}

/// A number outside its bounds.
pub fn range(key: &str, shown: &str, bounds: &Bounds) -> Words {
    let Text { en, fr } = bounds.text();
    let has_both = bounds.min.is_some() == bounds.max.is_some();
    let (of, d) = if has_both { ("", "") } else { ("of ", "d’") };
    words!(
        "range",
        "`{key}`: {shown} is out of range: {en}",
        "write a number {of}{en}",
        "`{key}` : {shown} est hors limites : {fr}",
        "écrivez un nombre {d}{fr}"
    )
}

/// A word outside its list.
pub fn one_of(key: &str, shown: &str, list: &str, near: Option<&str>) -> Words {
    let mut words = words!(
        "enum",
        "`{key}`: {shown} is not one of {list}",
        "write one of {list}",
        "`{key}` : {shown} n’est pas parmi {list}",
        "écrivez l’un de : {list}"
    );
    if let Some(near) = near {
        words.help = did_you_mean(near);
    }
    words
}

/// A kind of value, as JSON Schema names it.
pub fn kind(json: &str) -> Text {
    match json {
        "integer" => text!("an integer (a whole number)", "un nombre entier (integer)"),
        "number" => text!("a number", "un nombre (number)"),
        "boolean" => text!("true or false", "true ou false"),
        "string" => text!("a string (text)", "un texte (string)"),
        "array" => text!("a list", "une liste"),
        "object" => text!("a map of keys", "un ensemble de clés"),
        other => Text::same(other),
    }
}

/// A kind of value that is in a file.
pub fn found_kind(json: &str) -> Text {
    match json {
        "array" => text!("a list (sequence)", "une liste (list)"),
        "object" => text!("a map", "un ensemble de clés"),
        "null" => text!("nothing", "rien"),
        "boolean" => text!("a boolean", "un booléen"),
        "number" => text!("a number", "un nombre (number)"),
        _ => text!("a string", "un texte (string)"),
    }
}

/// A whole file of the wrong kind.
pub fn wrong_file(is_job: bool, found: &Text, is_list: bool) -> Words {
    let Text { en: got, fr: recu } = found;
    let (what, quoi, key) = if is_job {
        ("a job", "un job", "name")
    } else {
        ("jobsd.yaml", "jobsd.yaml", "listen")
    };
    let (dash, tiret) = if is_list {
        (", without a dash", ", sans tiret")
    } else {
        ("", "")
    };
    words!(
        "type",
        "{what} expects a map of keys, got {got}",
        "begin with `{key}: …`{dash}",
        "{quoi} attend un ensemble de clés, reçu {recu}",
        "commencez par `{key}: …`{tiret}"
    )
}

/// A value of the wrong kind.
pub fn wrong_type(
    key: &str,
    wanted: &Text,
    found: &Text,
    shown: &str,
    help: Option<Text>,
) -> Words {
    let key = short(key);
    let shown = if shown.is_empty() {
        String::new()
    } else {
        format!(": {shown}")
    };
    let (Text { en, fr }, Text { en: got, fr: recu }) = (wanted, found);
    let mut words = words!(
        "type",
        "`{key}` expects {en}, got {got}{shown}",
        "write {en}",
        "`{key}` attend {fr}, reçu {recu}{shown}",
        "écrivez {fr}"
    );
    if let Some(help) = help {
        words.help = help;
    }
    words
}

/// What to write instead of a value of the wrong kind.
pub fn write(value: &str) -> Text {
    let value = short(value);
    text!("write {value}", "écrivez {value}")
}

/// A number in quotes.
pub fn remove_quotes(value: &str) -> Text {
    let value = short(value);
    text!(
        "remove the quotes: {value}",
        "retirez les guillemets : {value}"
    )
}

/// A text without quotes.
pub fn quote(value: &str) -> Text {
    let value = short(value);
    text!(
        "quote it: \"{value}\"",
        "mettez-le entre guillemets : \"{value}\""
    )
}

/// A text without quotes that must not be shown.
pub fn quote_it() -> Text {
    text!("quote it", "mettez-le entre guillemets")
}

/// A map instead of a list or a single value.
pub fn a_map(key: &str, example: &str) -> Text {
    let key = key.rsplit('.').next().unwrap_or(key);
    text!(
        "write a map without dashes or brackets: {key}: {{{example}}}",
        "écrivez un ensemble de clés, sans tirets ni crochets : {key}: {{{example}}}"
    )
}

/// One of a list of words.
pub fn write_one_of(list: &str) -> Text {
    text!("write one of {list}", "écrivez l’un de : {list}")
}

/// An address as `listen` takes it.
pub fn write_address() -> Text {
    text!(
        "write 127.0.0.1:7878 or [::1]:7878",
        "écrivez 127.0.0.1:7878 ou [::1]:7878"
    )
}

/// An integer beyond 64 bits.
pub fn too_large_number(key: &str, shown: &str) -> Words {
    let (key, shown) = (short(key), short(shown));
    words!(
        "range",
        "`{key}`: {shown} is out of range, at most 18446744073709551615",
        "write a smaller number",
        "`{key}` : {shown} est hors limites, au plus 18446744073709551615",
        "écrivez un nombre plus petit"
    )
}

/// `8.0` where an integer should be.
pub fn decimal(key: &str, whole: Option<&str>) -> Words {
    let key = short(key);
    let mut words = words!(
        "type",
        "`{key}` expects an integer, got a decimal number",
        "write a whole number",
        "`{key}` attend un nombre entier, reçu un nombre à virgule",
        "écrivez un nombre entier"
    );
    if let Some(whole) = whole {
        words.help = write(whole);
    }
    words
}

/// Too short a text.
pub fn too_short(key: &str, min: u64) -> Words {
    if min == 1 {
        return words!(
            "length",
            "`{key}` is empty",
            "write at least 1 character",
            "`{key}` est vide",
            "écrivez au moins 1 caractère"
        );
    }
    words!(
        "length",
        "`{key}` is shorter than {min} characters",
        "write at least {min} characters",
        "`{key}` compte moins de {min} caractères",
        "écrivez au moins {min} caractères"
    )
}

/// Too short a list.
pub fn too_few(key: &str, min: u64) -> Words {
    let (s, of) = if min == 1 { ("", "") } else { ("s", "s") };
    words!(
        "length",
        "`{key}` needs at least {min} item{s}",
        "write at least {min} item{s}: [a]",
        "`{key}` demande au moins {min} élément{of}",
        "écrivez au moins {min} élément{of} : [a]"
    )
}

/// Nothing but blanks.
pub fn blank(key: &str) -> Words {
    words!(
        "length",
        "`{key}` is blank",
        "write something here",
        "`{key}` ne contient que des blancs",
        "écrivez quelque chose ici"
    )
}

/// Too long a text.
pub fn too_long(key: &str, max: u64) -> Words {
    words!(
        "length",
        "`{key}` is longer than {max} characters",
        "shorten it",
        "`{key}` dépasse {max} caractères",
        "raccourcissez-le"
    )
}

/// A character that no program can be given, or that no one can see.
pub fn hidden_character(key: &str, c: char) -> Words {
    let (key, code) = (short(key), format!("U+{:04X}", c as u32));
    words!(
        "pattern",
        "`{key}` holds the hidden character {code}",
        "remove it",
        "`{key}` contient le caractère caché {code}",
        "retirez-le"
    )
}

/// A link template that leads nowhere.
pub fn url(key: &str, cause: Url) -> Words {
    let (en, fr) = match cause {
        Url::NoWeb => (
            "is not an http or https address".to_owned(),
            "n’est pas une adresse http ou https".to_owned(),
        ),
        Url::Unknown(name) => {
            let name = short(name);
            (
                format!("names `{{{name}}}`, which nothing fills in"),
                format!("contient `{{{name}}}`, que rien ne remplit"),
            )
        }
    };
    let form = "https://git.example.org/repo/edit/{branch}/{path}";
    words!(
        "pattern",
        "`{key}` {en}",
        "write an address such as {form}",
        "`{key}` {fr}",
        "écrivez une adresse comme {form}"
    )
}

/// What is wrong with a link template.
#[derive(Clone, Copy, Debug)]
pub enum Url<'a> {
    /// No web address.
    NoWeb,
    /// A name in braces that nothing fills in.
    Unknown(&'a str),
}

/// A text of the wrong form.
pub fn pattern(key: &str, shown: &str, example: Option<&str>) -> Words {
    let mut words = words!(
        "pattern",
        "`{key}`: {shown} does not have the form that this key needs",
        "see `jobsd schema`",
        "`{key}` : {shown} n’a pas la forme que cette clé demande",
        "voyez `jobsd schema`"
    );
    if let Some(example) = example {
        words.help = text!("write it like {example}", "écrivez-le comme {example}");
    }
    words
}

/// An address that is none.
pub fn listen(text: &str) -> Words {
    let text = short(text);
    words!(
        "listen",
        "\"{text}\" is not an address and port",
        "write 127.0.0.1:7878 or [::1]:7878",
        "\"{text}\" n’est pas une adresse avec port",
        "écrivez 127.0.0.1:7878 ou [::1]:7878"
    )
}
