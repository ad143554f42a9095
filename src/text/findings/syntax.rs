//! Findings of YAML itself: what cannot be read, or would be read in two ways.

use crate::text::{Text, Words, guillemets, secret, short, yaml};

/// The file holds nothing.
pub fn empty() -> Words {
    words!(
        "empty",
        "the file holds no job",
        "write a job: name, bot_type, bot_config, schedule_type, schedule_config",
        "le fichier ne contient aucun job",
        "écrivez un job : name, bot_type, bot_config, schedule_type, schedule_config"
    )
}

/// A second document.
pub fn many_documents() -> Words {
    words!(
        "many-documents",
        "a second document begins; a file holds one job",
        "write one job per file: move the second document to a file of its own",
        "un second document commence ; un fichier contient un seul job",
        "un job par fichier : déplacez le second document dans son propre fichier"
    )
}

/// An alias inside what it names.
pub fn alias_inside() -> Words {
    words!(
        "syntax",
        "the alias is inside what it names",
        "write the value itself",
        "l’alias se trouve à l’intérieur de ce qu’il désigne",
        "écrivez la valeur elle-même"
    )
}

/// A key that is not text.
pub fn key_not_text() -> Words {
    words!(
        "syntax",
        "a key must be plain text",
        "write `key: value`",
        "une clé doit être un texte simple",
        "écrivez `clé: valeur`"
    )
}

/// An alias in a key's place.
pub fn alias_key() -> Words {
    words!(
        "syntax",
        "an alias cannot be a key",
        "write the key itself",
        "un alias ne peut pas être une clé",
        "écrivez la clé elle-même"
    )
}

/// An alias without an anchor.
pub fn alias_nowhere(name: &str) -> Words {
    let name = short(name.trim_start_matches('*'));
    words!(
        "syntax",
        "`*` begins an alias in YAML, and there is no `&{name}` above",
        "quote it when it is text: \"*{name}\", or write the value itself",
        "`*` commence un alias en YAML, et aucun `&{name}` ne figure plus haut",
        "mettez-le entre guillemets si c’est un texte : \"*{name}\", ou écrivez la valeur elle-même"
    )
}

/// `<<`.
pub fn merge_key() -> Words {
    words!(
        "unknown-key",
        "`<<` merges nothing: YAML 1.2 has no merge keys",
        "write the keys themselves",
        "`<<` ne fusionne rien : YAML 1.2 n’a pas de clé de fusion",
        "écrivez les clés elles-mêmes"
    )
}

/// `%YAML 1.1`.
pub fn directive() -> Words {
    words!(
        "syntax",
        "a YAML directive has no place in a job file: it is always read as YAML 1.2",
        "remove the line; quote the value when a text begins with `%`",
        "une directive YAML n’a pas sa place ici : le fichier est toujours lu en YAML 1.2",
        "retirez la ligne ; mettez la valeur entre guillemets si un texte commence par `%`"
    )
}

/// Nested too deeply.
pub fn too_deep(max: usize) -> Words {
    words!(
        "too-deep",
        "nested deeper than {max} levels",
        "a job file needs four levels at most",
        "imbriqué sur plus de {max} niveaux",
        "un fichier de job a besoin de quatre niveaux au plus"
    )
}

/// A tag.
pub fn tag() -> Words {
    words!(
        "tag",
        "tags have no meaning in a job file",
        "remove the tag (`!…`); quote the value when it is text",
        "les étiquettes YAML n’ont pas de sens dans un fichier de job",
        "retirez l’étiquette (`!…`) ; mettez la valeur entre guillemets si c’est un texte"
    )
}

/// The same key twice.
pub fn duplicate_key(key: &str, line: usize) -> Words {
    let key = short(key);
    words!(
        "duplicate-key",
        "duplicate key `{key}`: already defined on line {line}",
        "remove one of the two",
        "clé en double `{key}` : déjà définie à la ligne {line}",
        "retirez l’une des deux"
    )
}

/// Too many values.
pub fn alias_bomb(max: usize) -> Words {
    words!(
        "alias-bomb",
        "more than {max} values or 1 MiB of text, aliases expanded",
        "a job file is small; remove the aliases",
        "plus de {max} valeurs ou 1 Mio de texte, alias développés",
        "un fichier de job est petit ; retirez les alias"
    )
}

/// A number such as 08.
pub fn leading_zero(key: &str, value: &str, bare: &str) -> Words {
    if !secret::may_show(key) {
        return words!(
            "leading-zero",
            "the value has a leading zero: programs read it as text, as octal or without the zero",
            "quote it when it is text; else write it without the zero",
            "la valeur commence par un zéro : les programmes y lisent un texte, un octal, ou \
             ignorent le zéro",
            "mettez-la entre guillemets si c’est un texte ; sinon écrivez-la sans le zéro"
        );
    }
    let (value, bare) = (short(value), short(bare));
    let (en, fr) = if value.contains(['8', '9']) {
        ("as text", "comme un texte")
    } else {
        ("as octal", "en octal")
    };
    words!(
        "leading-zero",
        "{value} has a leading zero: YAML 1.1 reads it {en}, YAML 1.2 as {bare}",
        "write {bare}, or quote it when it is text: \"{value}\"",
        "{value} commence par un zéro : YAML 1.1 le lit {fr}, YAML 1.2 comme {bare}",
        "écrivez {bare}, ou mettez-le entre guillemets si c’est un texte : \"{value}\""
    )
}

/// UTF-16.
pub fn utf16() -> Words {
    words!(
        "not-utf8",
        "the file is UTF-16, not UTF-8",
        "save the file as UTF-8 (iconv -f utf-16 -t utf-8)",
        "le fichier est en UTF-16, pas en UTF-8",
        "enregistrez le fichier en UTF-8 (iconv -f utf-16 -t utf-8)"
    )
}

/// Bytes that are not UTF-8.
pub fn not_utf8(byte: u8) -> Words {
    words!(
        "not-utf8",
        "byte 0x{byte:02x} is not UTF-8",
        "save the file as UTF-8 (iconv -f latin1 -t utf-8)",
        "l’octet 0x{byte:02x} n’est pas de l’UTF-8",
        "enregistrez le fichier en UTF-8 (iconv -f latin1 -t utf-8)"
    )
}

/// A raw control character.
pub fn control_character(c: char) -> Words {
    let code = format!("U+{:04X}", c as u32);
    words!(
        "syntax",
        "the control character {code} is not allowed",
        "remove it; in a double-quoted text write it as \\x1b or \\0",
        "le caractère de contrôle {code} n’est pas permis",
        "retirez-le ; dans un texte entre guillemets doubles, écrivez \\x1b ou \\0"
    )
}

/// A tab as indentation.
pub fn tab() -> Words {
    words!(
        "syntax",
        "a tab cannot indent YAML",
        "indent with spaces",
        "une tabulation (tab) ne peut pas indenter du YAML",
        "indentez avec des espaces"
    )
}

/// A plain value that begins with a sign YAML has taken.
pub fn must_quote(sign: char, key: &str, value: &str) -> Words {
    let value = if secret::may_show(key) {
        short(value)
    } else {
        "…".to_owned()
    };
    let what = match sign {
        '*' => text!("`*` begins an alias", "`*` commence un alias"),
        _ => text!(
            "`{sign}` cannot begin a plain value",
            "`{sign}` ne peut pas commencer une valeur simple"
        ),
    };
    let Text { en, fr } = what;
    words!(
        "syntax",
        "{en} in YAML, so this text must be quoted",
        "quote it: \"{value}\"",
        "{fr} en YAML : ce texte doit être entre guillemets",
        "mettez-le entre guillemets : \"{value}\""
    )
}

/// Any other syntax error, in the parser's words.
pub fn syntax(info: &str) -> Words {
    let cause = yaml::french(info);
    words!(
        "syntax",
        "not YAML: {info}",
        "check quotes, brackets and indentation above this place",
        "ce n’est pas du YAML : {cause}",
        "vérifiez guillemets, crochets et indentation au-dessus de cet endroit"
    )
}
