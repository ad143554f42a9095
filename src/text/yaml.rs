//! The YAML parser's words, in French. Its English ones are shown as they are.

/// What the parser says, and the same in French; `{}` stands for a piece of the file.
const FRENCH: [(&str, &str); 85] = [
    (
        "unexpected EOF while parsing a flow sequence",
        "la liste entre crochets n’est pas fermée",
    ),
    (
        "unexpected EOF while parsing a flow mapping",
        "la table entre accolades n’est pas fermée",
    ),
    (
        "unexpected EOF while parsing an implicit flow mapping",
        "la table entre crochets n’est pas fermée",
    ),
    (
        "unexpected EOF while parsing a block sequence",
        "le fichier finit au milieu d’une liste",
    ),
    (
        "unexpected EOF while parsing a block mapping",
        "le fichier finit au milieu d’une table",
    ),
    ("unexpected eof", "le fichier finit trop tôt"),
    (
        "did not find expected <stream-start>",
        "le début du fichier manque",
    ),
    (
        "duplicate version directive",
        "directive de version en double",
    ),
    (
        "unsupported YAML major version",
        "version majeure de YAML inconnue",
    ),
    (
        "the TAG directive must only be given at most once per handle in the same document",
        "une directive TAG ne se donne qu’une fois par préfixe",
    ),
    (
        "did not find expected <document start>",
        "un début de document était attendu",
    ),
    (
        "missing explicit document end marker before directive",
        "il manque la fin du document avant la directive",
    ),
    (
        "while parsing anchor, anchor count exceeded supported limit",
        "trop d’ancres",
    ),
    (
        "while parsing node, found unknown anchor",
        "cet alias ne désigne aucune ancre",
    ),
    (
        "while parsing a node, did not find expected node content",
        "une valeur était attendue",
    ),
    (
        "while parsing a block mapping, did not find expected key",
        "une clé était attendue",
    ),
    (
        "while parsing a flow mapping, did not find expected ',' or '}'",
        "`,` ou `}` était attendu dans la table entre accolades",
    ),
    (
        "while parsing a flow sequence, expected ',' or ']'",
        "`,` ou `]` était attendu dans la liste entre crochets",
    ),
    (
        "while parsing a block collection, did not find expected '-' indicator",
        "un tiret `-` était attendu dans la liste",
    ),
    (
        "the handle wasn't declared",
        "ce préfixe d’étiquette n’est pas déclaré",
    ),
    (
        "multiple documents not supported here",
        "un seul document est permis ici",
    ),
    (
        "while scanning a tag, did not find expected '!'",
        "`!` était attendu dans l’étiquette",
    ),
    (
        "while parsing a tag directive, did not find expected '!'",
        "`!` était attendu dans la directive d’étiquette",
    ),
    (
        "invalid global tag character",
        "caractère interdit dans une étiquette",
    ),
    ("simple key expected ':'", "`:` était attendu après la clé"),
    (
        "simple key is no longer valid",
        "la clé doit tenir sur une ligne et être suivie de `:`",
    ),
    (
        "invalid content after document end marker",
        "rien ne peut suivre la fin du document",
    ),
    ("invalid indentation", "indentation incohérente"),
    (
        "a BOM must not appear inside a document",
        "une marque d’ordre des octets ne peut pas se trouver dans le texte",
    ),
    ("unexpected character: `{}'", "caractère inattendu : `{}`"),
    (
        "tabs disallowed in this context",
        "une tabulation n’est pas permise ici",
    ),
    (
        "tabs disallowed within this context (block indentation)",
        "une tabulation ne peut pas indenter",
    ),
    (
        "comment intercepting the multiline text",
        "un commentaire coupe le texte de plusieurs lignes",
    ),
    ("expected whitespace", "une espace était attendue"),
    (
        "comments must be separated from other tokens by whitespace",
        "un commentaire doit être séparé du reste par une espace",
    ),
    (
        "while scanning a directive, did not find expected comment or line break",
        "une fin de ligne était attendue après la directive",
    ),
    (
        "YAML directives are disallowed",
        "les directives YAML ne sont pas permises",
    ),
    (
        "while scanning a YAML directive, did not find expected digit or '.' character",
        "un chiffre ou `.` était attendu dans la version de YAML",
    ),
    (
        "while scanning a directive, could not find expected directive name",
        "le nom de la directive manque",
    ),
    (
        "while scanning a directive, found unexpected non-alphabetical character",
        "caractère interdit dans le nom de la directive",
    ),
    (
        "while scanning a YAML directive, found extremely long version number",
        "numéro de version de YAML trop long",
    ),
    (
        "while scanning a YAML directive, did not find expected version number",
        "le numéro de version de YAML manque",
    ),
    (
        "while scanning TAG, did not find expected whitespace or line break",
        "une espace était attendue après la directive TAG",
    ),
    (
        "while scanning a tag, did not find expected whitespace or line break",
        "une espace était attendue après l’étiquette",
    ),
    (
        "while parsing a tag, did not find expected tag URI",
        "le nom de l’étiquette manque",
    ),
    (
        "while scanning a verbatim tag, did not find the expected '>'",
        "`>` était attendu à la fin de l’étiquette",
    ),
    (
        "while parsing a tag, found an invalid escape sequence",
        "échappement inconnu dans l’étiquette",
    ),
    (
        "while parsing a tag, found an incorrect leading UTF-8 byte",
        "octet incorrect dans l’étiquette",
    ),
    (
        "while scanning an anchor or alias, did not find expected alphabetic or numeric character",
        "le nom de l’ancre ou de l’alias manque",
    ),
    ("misplaced bracket", "crochet ou accolade mal placé"),
    (
        "mismatched bracket '{}' closed by '{}'",
        "`{}` est fermé par `{}`",
    ),
    ("unclosed bracket '{}'", "`{}` n’est pas fermé"),
    ("recursion limit exceeded", "imbrication trop profonde"),
    (
        "\"-\" is only valid inside a block",
        "le tiret `-` n’est permis que dans une liste en lignes",
    ),
    (
        "block sequence entries are not allowed in this context",
        "un élément de liste `-` n’est pas permis ici",
    ),
    (
        "'-' must be followed by a valid YAML whitespace",
        "le tiret `-` doit être suivi d’une espace",
    ),
    (
        "while scanning a block scalar, found an indentation indicator equal to 0",
        "l’indentation d’un texte en bloc va de 1 à 9",
    ),
    (
        "while scanning a block scalar, did not find expected comment or line break",
        "le texte en bloc commence à la ligne suivante",
    ),
    (
        "a block scalar content cannot start with a tab",
        "un texte en bloc ne peut pas commencer par une tabulation",
    ),
    (
        "wrongly indented line in block scalar",
        "ligne mal indentée dans un texte en bloc",
    ),
    (
        "while scanning a quoted scalar, found unexpected document indicator",
        "une limite de document se trouve dans le texte entre guillemets",
    ),
    ("unclosed quote", "le guillemet n’est pas fermé"),
    (
        "tab cannot be used as indentation",
        "une tabulation ne peut pas indenter",
    ),
    (
        "invalid indentation in multiline quoted scalar",
        "ligne mal indentée dans un texte entre guillemets",
    ),
    (
        "plain scalar cannot start with '-' followed by ,[]{}",
        "ce texte doit être entre guillemets",
    ),
    (
        "while scanning a plain scalar, found a tab",
        "une tabulation se trouve dans le texte",
    ),
    ("unexpected end of plain scalar", "le texte finit trop tôt"),
    (
        "mapping values are not allowed in this context",
        "une seconde valeur `:` n’est pas permise ici",
    ),
    (
        "invalid trailing content after single-quoted scalar",
        "rien ne peut suivre le texte entre guillemets",
    ),
    (
        "invalid trailing content after double-quoted scalar",
        "rien ne peut suivre le texte entre guillemets",
    ),
    (
        "while parsing a quoted scalar, found unknown escape character",
        "échappement inconnu : une barre oblique inverse s’écrit `\\\\`",
    ),
    (
        "while parsing a quoted scalar, did not find expected hexadecimal number",
        "un nombre hexadécimal était attendu dans l’échappement",
    ),
    (
        "while parsing a quoted scalar, did not find expected hexadecimal number for low surrogate",
        "un nombre hexadécimal était attendu dans l’échappement",
    ),
    (
        "while parsing a quoted scalar, found invalid low surrogate",
        "la seconde moitié d’un caractère est incorrecte",
    ),
    (
        "while parsing a quoted scalar, found high surrogate without following low surrogate",
        "il manque la seconde moitié d’un caractère",
    ),
    (
        "while parsing a quoted scalar, found unpaired low surrogate",
        "il manque la première moitié d’un caractère",
    ),
    (
        "while parsing a quoted scalar, found invalid Unicode character escape code",
        "ce code ne désigne aucun caractère",
    ),
    (
        "invalid indentation in flow construct",
        "indentation incohérente entre crochets ou accolades",
    ),
    (
        "mapping keys are not allowed in this context",
        "une clé `?` n’est pas permise ici",
    ),
    (
        "':' may not precede any of `[{` in flow mapping",
        "il manque une espace entre `:` et `[` ou `{`",
    ),
    (
        "':' must be followed by a valid YAML whitespace",
        "`:` doit être suivi d’une espace",
    ),
    ("illegal placement of ':' indicator", "`:` est mal placé"),
    (
        "while parsing a tag, found an incorrect trailing UTF-8 byte",
        "octet incorrect dans l’étiquette",
    ),
    (
        "while parsing a tag, found an invalid UTF-8 codepoint",
        "caractère incorrect dans l’étiquette",
    ),
    (
        "too many buffered comments while looking ahead",
        "trop de commentaires entre deux valeurs",
    ),
];

/// The parser's words in French; as they are where none are known.
pub fn french(info: &str) -> String {
    FRENCH
        .iter()
        .find_map(|(en, fr)| filled(info, en, fr))
        .unwrap_or_else(|| info.to_owned())
}

/// The French sentence with the pieces of the English one.
fn filled(info: &str, en: &str, fr: &str) -> Option<String> {
    let mut rest = info;
    let mut pieces: Vec<&str> = Vec::new();
    let mut parts = en.split("{}").peekable();
    rest = rest.strip_prefix(parts.next()?)?;
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        let end = if is_last {
            rest.len().checked_sub(part.len())?
        } else {
            rest.find(part)?
        };
        pieces.push(rest.get(..end)?);
        rest = rest.get(end..)?.strip_prefix(part)?;
    }
    if !rest.is_empty() {
        return None;
    }
    let mut sentence = String::new();
    let mut pieces = pieces.into_iter();
    for (n, part) in fr.split("{}").enumerate() {
        if n > 0 {
            sentence += pieces.next().unwrap_or_default();
        }
        sentence += part;
    }
    Some(sentence)
}
