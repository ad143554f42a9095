//! The catalogue: every finding's code, what it says and what it advises, in English and French.

use crate::text::{Text, Words, guillemets, secret, short, yaml};

/// Code, then message and help in English, then in French; names in braces are the caller's.
macro_rules! words {
    ($code:literal, $en:literal, $en_help:literal, $fr:literal, $fr_help:literal) => {
        Words {
            code: $code,
            message: Text::new(format!($en), guillemets(&format!($fr))),
            help: Text::new(format!($en_help), format!($fr_help)),
        }
    };
}

fn pair(en: &str, fr: &str) -> Text {
    Text::new(en, fr)
}

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
                Text::new(format!("from {min} to {max}"), format!("de {min} à {max}"))
            }
            (Some(min), None) => Text::new(format!("at least {min}"), format!("au moins {min}")),
            (None, Some(max)) => Text::new(format!("at most {max}"), format!("au plus {max}")),
            (None, None) => pair("inside its bounds", "dans ses bornes"),
        }
    }
}

// Reading a file.

/// The file holds nothing.
pub fn empty() -> Words {
    words!(
        "empty",
        "the file holds no job",
        "write a job: name, bot_type, bot_config, schedule_type, schedule_config",
        "le fichier ne contient aucune tâche",
        "écrivez une tâche : name, bot_type, bot_config, schedule_type, schedule_config"
    )
}

/// A second document.
pub fn many_documents() -> Words {
    words!(
        "many-documents",
        "a second document begins; a file holds one job",
        "write one job per file: move the second document to a file of its own",
        "un second document commence ; un fichier contient une seule tâche",
        "une tâche par fichier : déplacez le second document dans son propre fichier"
    )
}

/// An alias inside what it names.
pub fn alias_inside() -> Words {
    words!(
        "syntax",
        "the alias stands inside what it names",
        "write the value itself",
        "l’alias se trouve à l’intérieur de ce qu’il désigne",
        "écrivez la valeur elle-même"
    )
}

/// A key that is no text.
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
        "`*` begins an alias in YAML, and no `&{name}` stands above",
        "quote it when it is text: \"*{name}\", or write the value itself",
        "`*` commence un alias en YAML, et aucun `&{name}` ne figure plus haut",
        "mettez-le entre guillemets si c’est un texte : \"*{name}\", ou écrivez la valeur elle-même"
    )
}

/// `<<`.
pub fn merge_key() -> Words {
    words!(
        "unknown-key",
        "`<<` merges nothing: YAML 1.2 has no merge keys",
        "write the keys themselves",
        "`<<` ne fusionne rien : YAML 1.2 n’a pas de clé de fusion",
        "écrivez les clés elles-mêmes"
    )
}

/// `%YAML 1.1`.
pub fn directive() -> Words {
    words!(
        "syntax",
        "a YAML directive has no place in a job file: it is always read as YAML 1.2",
        "remove the line; quote the value when a text begins with `%`",
        "une directive YAML n’a pas sa place ici : le fichier est toujours lu en YAML 1.2",
        "retirez la ligne ; mettez la valeur entre guillemets si un texte commence par `%`"
    )
}

/// Nested too deeply.
pub fn too_deep(max: usize) -> Words {
    words!(
        "too-deep",
        "nested deeper than {max} levels",
        "a job file needs four levels at most",
        "imbriqué sur plus de {max} niveaux",
        "un fichier de tâche a besoin de quatre niveaux au plus"
    )
}

/// A tag.
pub fn tag() -> Words {
    words!(
        "tag",
        "tags have no meaning in a job file",
        "remove the tag (`!…`); quote the value when it is text",
        "les étiquettes YAML n’ont pas de sens dans un fichier de tâche",
        "retirez l’étiquette (`!…`) ; mettez la valeur entre guillemets si c’est un texte"
    )
}

/// The same key twice.
pub fn duplicate_key(key: &str, line: usize) -> Words {
    let key = short(key);
    words!(
        "duplicate-key",
        "duplicate key `{key}`: it stands already on line {line}",
        "remove one of the two",
        "clé en double `{key}` : elle figure déjà à la ligne {line}",
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
        "un fichier de tâche est petit ; retirez les alias"
    )
}

/// A number such as 08.
pub fn leading_zero(key: &str, value: &str, bare: &str) -> Words {
    if !secret::may_show(key) {
        return words!(
            "leading-zero",
            "the value has a leading zero: programs read it as text, as octal or without the zero",
            "quote it when it is text; else write it without the zero",
            "la valeur commence par un zéro : les programmes y lisent un texte, un octal, ou ignorent le zéro",
            "mettez-la entre guillemets si c’est un texte ; sinon écrivez-la sans le zéro"
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
        "{value} commence par un zéro : YAML 1.1 le lit {fr}, YAML 1.2 comme {bare}",
        "écrivez {bare}, ou mettez-le entre guillemets si c’est un texte : \"{value}\""
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
        "retirez-le ; dans un texte entre guillemets doubles, écrivez \\x1b ou \\0"
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
        '*' => pair("`*` begins an alias", "`*` commence un alias"),
        _ => Text::new(
            format!("`{sign}` cannot begin a plain value"),
            format!("`{sign}` ne peut pas commencer une valeur simple"),
        ),
    };
    let Text { en, fr } = what;
    words!(
        "syntax",
        "{en} in YAML, so this text cannot stand unquoted",
        "quote it: \"{value}\"",
        "{fr} en YAML : ce texte doit être entre guillemets",
        "mettez-le entre guillemets : \"{value}\""
    )
}

/// Any other syntax error, in the parser's words.
pub fn syntax(info: &str) -> Words {
    let cause = yaml::french(info);
    words!(
        "syntax",
        "not YAML: {info}",
        "check quotes, brackets and indentation above this place",
        "ce n’est pas du YAML : {cause}",
        "vérifiez guillemets, crochets et indentation au-dessus de cet endroit"
    )
}

/// Something that is no regular file.
pub fn not_a_file(kind: &str) -> Words {
    let fr = match kind {
        "FIFO" => "un tube nommé",
        "folder" => "un dossier",
        "device" => "un périphérique",
        "socket" => "un socket",
        _ => "un fichier spécial",
    };
    if kind == "folder" {
        return words!(
            "not-a-file",
            "a folder is not a job file, although it is named like one",
            "rename it, or mount the file that was meant: a bind mount of a missing file makes a folder",
            "un dossier n’est pas un fichier de tâche, bien qu’il en porte le nom",
            "renommez-le, ou montez le fichier voulu : le montage d’un fichier absent crée un dossier"
        );
    }
    words!(
        "not-a-file",
        "a {kind} is not a job file",
        "replace it with a regular file",
        "{fr} n’est pas un fichier de tâche",
        "remplacez-le par un fichier ordinaire"
    )
}

/// A file over the size limit.
pub fn too_large(max: u64) -> Words {
    words!(
        "too-large",
        "the file is larger than {max} bytes",
        "keep data elsewhere and name its path",
        "le fichier dépasse {max} octets",
        "gardez les données ailleurs et indiquez leur chemin"
    )
}

/// A link that leads out of the jobs folder.
pub fn link_leaves(target: &str) -> Words {
    words!(
        "link-leaves",
        "the link leads out of the jobs folder, to {target}",
        "put the file into the folder; what is wrong in a file outside of it is not quoted",
        "le lien mène hors du dossier des tâches, vers {target}",
        "placez le fichier dans le dossier ; ce qui est faux dans un fichier extérieur n’est pas cité"
    )
}

/// What is said in place of a finding about a file outside of the jobs folder: no word of its text.
pub fn concealed() -> (Text, Text) {
    let message = pair(
        "the file that the link leads to is no good job file; its text is not quoted",
        "le fichier vers lequel mène le lien n’est pas un fichier de tâche valable ; son texte n’est pas cité",
    );
    let help = pair(
        "put the file into the jobs folder, or check it with `jobsd validate FILE`",
        "placez le fichier dans le dossier des tâches, ou vérifiez-le avec `jobsd validate FICHIER`",
    );
    (message, help)
}

/// A file or folder that others can write, found by a daemon that runs as root.
pub fn open_to_others(is_folder: bool, mode: u32, owner: u32) -> Words {
    let (what, quoi) = if is_folder {
        ("folder", "ce dossier")
    } else {
        ("file", "ce fichier")
    };
    if mode & 0o022 == 0 {
        return words!(
            "open-to-others",
            "this {what} belongs to user {owner}, who could make root run anything",
            "chown it to root, or run jobsd as that user",
            "{quoi} appartient à l’utilisateur {owner}, qui pourrait faire exécuter n’importe quoi par root",
            "attribuez-le à root avec chown, ou lancez jobsd sous cet utilisateur"
        );
    }
    words!(
        "open-to-others",
        "others can write this {what} (mode {mode:04o}), and jobsd runs as root",
        "chmod go-w, or run jobsd as another user",
        "d’autres peuvent écrire {quoi} (mode {mode:04o}), et jobsd tourne sous root",
        "chmod go-w, ou lancez jobsd sous un autre utilisateur"
    )
}

/// A setting whose new value waits for a restart.
pub fn needs_restart(key: &str) -> Words {
    words!(
        "needs-restart",
        "the new value of `{key}` is not in force: it is read at the start alone",
        "restart jobsd to use it",
        "la nouvelle valeur de `{key}` n’est pas en vigueur : elle n’est lue qu’au démarrage",
        "redémarrez jobsd pour l’utiliser"
    )
}

/// A file that cannot be read.
pub fn unreadable(cause: &Text, help: Text) -> Words {
    let Text { en, fr } = cause;
    let mut words = words!("io", "cannot be read: {en}", "", "illisible : {fr}", "");
    words.help = help;
    words
}

/// What to do about an unreadable file.
pub fn unreadable_help(cause: Unreadable) -> Text {
    match cause {
        Unreadable::LinkLoop => pair(
            "the link leads to itself: remove it",
            "le lien mène à lui-même : retirez-le",
        ),
        Unreadable::LinkNowhere => pair(
            "the link leads nowhere: mend or remove it",
            "le lien ne mène nulle part : réparez-le ou retirez-le",
        ),
        Unreadable::Other => pair(
            "give this user read permission",
            "donnez à cet utilisateur le droit de lecture",
        ),
    }
}

/// Why a file cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// A link to itself.
    LinkLoop,
    /// A link to nothing.
    LinkNowhere,
    /// Mostly permissions.
    Other,
}

/// A folder inside itself.
pub fn folder_loop() -> Words {
    words!(
        "io",
        "the folder holds itself or is nested too deeply",
        "remove the link",
        "le dossier se contient lui-même ou est imbriqué trop profondément",
        "retirez le lien"
    )
}

/// A file name that gives no id.
pub fn bad_id(stem: &str) -> Words {
    let stem = short(stem);
    words!(
        "id",
        "\"{stem}\" cannot be a job id",
        "name the file with a-z, 0-9, `.`, `_` and `-`, a letter or digit first, 64 characters at most",
        "\"{stem}\" ne peut pas être l’id d’une tâche",
        "nommez le fichier avec a-z, 0-9, `.`, `_` et `-`, une lettre ou un chiffre d’abord, 64 caractères au plus"
    )
}

/// The same id twice.
pub fn duplicate_id(id: &str, others: &str) -> Words {
    let others = short(others);
    words!(
        "duplicate-id",
        "the id `{id}` is also that of {others}",
        "rename one of the files; an id is unique in the tree",
        "l’id `{id}` est aussi celui de {others}",
        "renommez l’un des fichiers ; un id est unique dans l’arborescence"
    )
}

/// More errors than are listed.
pub fn too_many_errors(max: usize) -> Words {
    words!(
        "too-many-errors",
        "more than {max} errors; the rest is left out",
        "mend these first, then check again",
        "plus de {max} erreurs ; les autres sont omises",
        "corrigez d’abord celles-ci, puis vérifiez de nouveau"
    )
}

/// More warnings than are listed.
pub fn too_many_warnings(max: usize) -> Words {
    words!(
        "too-many-warnings",
        "more than {max} warnings; the rest is left out",
        "mend these first, then check again",
        "plus de {max} avertissements ; les autres sont omis",
        "corrigez d’abord ceux-ci, puis vérifiez de nouveau"
    )
}

/// A link that leaves the folder.
pub fn outside_link() -> Words {
    words!(
        "link-leaves",
        "the link leads out of the jobs folder: it is not followed",
        "put the file itself here; what lies outside is neither read nor shown",
        "le lien mène hors du dossier des tâches : il n’est pas suivi",
        "placez ici le fichier lui-même ; ce qui est au-dehors n’est ni lu ni montré"
    )
}

/// Settings behind a link that leaves the folder, with something wrong in them.
pub fn outside_settings() -> Words {
    words!(
        "link-leaves",
        "the link leads out of its folder, to settings with findings",
        "check that file itself; what lies outside is not shown here",
        "le lien mène hors de son dossier, vers des réglages qui ont des défauts",
        "vérifiez ce fichier lui-même ; ce qui est au-dehors n’est pas montré ici"
    )
}

/// Our own fault.
pub fn our_fault() -> Words {
    words!(
        "schema",
        "the file passes its schema and is still no job",
        "this is a fault of jobsd: please report it with the file",
        "le fichier respecte son schéma sans donner de tâche",
        "c’est une faute de jobsd : signalez-la avec le fichier"
    )
}

// What the schema says.

/// A key that nothing knows.
pub fn unknown_key(name: &str, place: &str, near: Option<&str>, known: &[&str]) -> Words {
    let (name, place) = (&short(name), &short(place));
    let (en, fr) = if place.is_empty() {
        (String::new(), String::new())
    } else {
        (format!(" in `{place}`"), format!(" dans `{place}`"))
    };
    let mut words = words!(
        "unknown-key",
        "unknown key `{name}`{en}",
        "",
        "clé inconnue `{name}`{fr}",
        ""
    );
    let list = known.join(", ");
    words.help = match near {
        Some(near) => did_you_mean(near),
        None if known.is_empty() => pair(
            "remove it: nothing is configured here",
            "retirez-la : rien ne se configure ici",
        ),
        None => Text::new(
            format!("remove it; the keys here are {list}"),
            format!("retirez-la ; les clés possibles ici : {list}"),
        ),
    };
    words
}

fn did_you_mean(near: &str) -> Text {
    Text::new(
        format!("did you mean `{near}`?"),
        format!("vouliez-vous dire `{near}` ?"),
    )
}

/// A key that must be there.
pub fn missing_key(name: &str, place: &str, example: Option<&str>) -> Words {
    let (en, fr) = if place.is_empty() {
        ("the file".to_owned(), "le fichier".to_owned())
    } else {
        (format!("`{place}`"), format!("`{place}`"))
    };
    let mut words = words!(
        "missing-key",
        "{en} has no `{name}`",
        "add `{name}:`",
        "il manque `{name}` dans {fr}",
        "ajoutez `{name}:`"
    );
    if let Some(example) = example {
        words.help.en += &format!(", for example `{name}: {example}`");
        words.help.fr += &format!(", par exemple `{name}: {example}`");
    }
    words
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
        "`{key}` : {shown} est hors limites : {fr}",
        "écrivez un nombre {d}{fr}"
    )
}

/// A word outside its list.
pub fn one_of(key: &str, shown: &str, list: &str, near: Option<&str>) -> Words {
    let mut words = words!(
        "enum",
        "`{key}`: {shown} is not one of {list}",
        "write one of {list}",
        "`{key}` : {shown} n’est pas parmi {list}",
        "écrivez l’un de : {list}"
    );
    if let Some(near) = near {
        words.help = did_you_mean(near);
    }
    words
}

/// A kind of value, as JSON Schema names it.
pub fn kind(json: &str) -> Text {
    match json {
        "integer" => pair("an integer (a whole number)", "un nombre entier (integer)"),
        "number" => pair("a number", "un nombre (number)"),
        "boolean" => pair("true or false", "true ou false"),
        "string" => pair("a string (text)", "un texte (string)"),
        "array" => pair("a list", "une liste"),
        "object" => pair("a map of keys", "un ensemble de clés"),
        other => Text::same(other),
    }
}

/// A kind of value that stands in a file.
pub fn found_kind(json: &str) -> Text {
    match json {
        "array" => pair("a list (sequence)", "une liste (list)"),
        "object" => pair("a map", "un ensemble de clés"),
        "null" => pair("nothing", "rien"),
        "boolean" => pair("a boolean", "un booléen"),
        "number" => pair("a number", "un nombre (number)"),
        _ => pair("a string", "un texte (string)"),
    }
}

/// A whole file of the wrong kind.
pub fn wrong_file(is_job: bool, found: &Text, is_list: bool) -> Words {
    let Text { en: got, fr: recu } = found;
    let (what, quoi, key) = if is_job {
        ("a job", "une tâche", "name")
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
    Text::new(format!("write {value}"), format!("écrivez {value}"))
}

/// A number in quotes.
pub fn remove_quotes(value: &str) -> Text {
    let value = short(value);
    Text::new(
        format!("remove the quotes: {value}"),
        format!("retirez les guillemets : {value}"),
    )
}

/// A text without quotes.
pub fn quote(value: &str) -> Text {
    let value = short(value);
    Text::new(
        format!("quote it: \"{value}\""),
        format!("mettez-le entre guillemets : \"{value}\""),
    )
}

/// A text without quotes that must not be shown.
pub fn quote_it() -> Text {
    pair("quote it", "mettez-le entre guillemets")
}

/// A map instead of a list or a single value.
pub fn a_map(key: &str, example: &str) -> Text {
    let key = key.rsplit('.').next().unwrap_or(key);
    Text::new(
        format!("write a map without dashes or brackets: {key}: {{{example}}}"),
        format!("écrivez un ensemble de clés, sans tirets ni crochets : {key}: {{{example}}}"),
    )
}

/// One of a list of words.
pub fn write_one_of(list: &str) -> Text {
    Text::new(
        format!("write one of {list}"),
        format!("écrivez l’un de : {list}"),
    )
}

/// The days as `day_of_week` takes them.
pub fn write_days() -> Text {
    Text::new(
        format!("days are {DAYS}: mon,wed,fri or mon-fri"),
        format!("les jours sont {DAYS} : mon,wed,fri ou mon-fri"),
    )
}

/// An address as `listen` takes it.
pub fn write_address() -> Text {
    pair(
        "write 127.0.0.1:7878 or [::1]:7878",
        "écrivez 127.0.0.1:7878 ou [::1]:7878",
    )
}

/// An integer beyond 64 bits.
pub fn too_large_number(key: &str, shown: &str) -> Words {
    let (key, shown) = (short(key), short(shown));
    words!(
        "range",
        "`{key}`: {shown} is out of range, at most 18446744073709551615",
        "write a smaller number",
        "`{key}` : {shown} est hors limites, au plus 18446744073709551615",
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
        "écrivez au moins {min} élément{of} : [a]"
    )
}

/// Nothing but blanks.
pub fn blank(key: &str) -> Words {
    words!(
        "length",
        "`{key}` holds nothing but blanks",
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

/// A character that no program can be given, or that nobody can see.
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
            "is no http or https address".to_owned(),
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

/// None or several of keys that exclude each other.
pub fn exactly_one(key: &str, names: &[&str]) -> Words {
    if names.contains(&"from_env") {
        return words!(
            "exactly-one",
            "`{key}` must hold exactly one of from_env and from_file",
            "write {{from_env: NAME}} or {{from_file: PATH}}",
            "`{key}` doit contenir exactement l’un de from_env et from_file",
            "écrivez {{from_env: NOM}} ou {{from_file: CHEMIN}}"
        );
    }
    let list = names.join(", ");
    words!(
        "exactly-one",
        "`{key}` must hold exactly one of {list}",
        "keep one of them",
        "`{key}` doit contenir exactement une clé parmi {list}",
        "gardez-en une seule"
    )
}

/// A text of the wrong form.
pub fn pattern(key: &str, shown: &str, example: Option<&str>) -> Words {
    let mut words = words!(
        "pattern",
        "`{key}`: {shown} does not have the form that this key needs",
        "see `jobsd schema`",
        "`{key}` : {shown} n’a pas la forme que cette clé demande",
        "voyez `jobsd schema`"
    );
    if let Some(example) = example {
        words.help = Text::new(
            format!("write it like {example}"),
            format!("écrivez-le comme {example}"),
        );
    }
    words
}

/// A variable that jobsd sets itself.
pub fn own_variable(name: &str) -> Words {
    let name = short(name);
    words!(
        "no-effect",
        "`env.{name}` has no effect: jobsd sets the variables that begin with JOBSD_ itself",
        "choose another name",
        "`env.{name}` n’a pas d’effet : jobsd fixe lui-même les variables qui commencent par JOBSD_",
        "choisissez un autre nom"
    )
}

/// A zone named by an abbreviation.
pub fn zone_abbreviation(name: &str, near: &str) -> Words {
    words!(
        "zone-abbreviation",
        "\"{name}\" is an abbreviation, not a place: it may have no summer time, or another rule than people expect",
        "write the place: {near}",
        "\"{name}\" est une abréviation, pas un lieu : sans heure d’été peut-être, ou selon une autre règle qu’attendu",
        "écrivez le lieu : {near}"
    )
}

/// A fixed offset instead of a zone.
pub fn zone_offset(name: &str) -> Words {
    let name = short(name);
    words!(
        "timezone",
        "\"{name}\" is an offset, not a time zone",
        "write a place such as Europe/Paris, or UTC",
        "\"{name}\" est un décalage, pas un fuseau horaire",
        "écrivez un lieu comme Europe/Paris, ou UTC"
    )
}

/// A variable's name that no shell could use.
pub fn variable_name(name: &str) -> Words {
    let name = short(name);
    words!(
        "pattern",
        "`{name}` cannot name a variable",
        "use letters, digits and _; not a digit first",
        "`{name}` ne peut pas nommer une variable",
        "utilisez lettres, chiffres et _ ; pas de chiffre d’abord"
    )
}

/// Something below a name that promises a secret, where a name may be the secret.
pub fn below_secret(code: &'static str, place: &str) -> Words {
    let place = short(place);
    let words = words!(
        "type",
        "what stands below `{place}` is wrong; it may be a secret, so none of it is shown",
        "write a quoted text, {{from_env: NAME}} or {{from_file: PATH}}",
        "ce qui figure sous `{place}` est faux ; c’est peut-être un secret, donc rien n’en est montré",
        "écrivez un texte entre guillemets, {{from_env: NOM}} ou {{from_file: CHEMIN}}"
    );
    Words { code, ..words }
}

/// Anything else that the schema refuses, in the validator's words.
pub fn schema(text: &str) -> Words {
    words!(
        "schema",
        "{text}",
        "see `jobsd schema job`",
        "{text}",
        "voyez `jobsd schema job`"
    )
}

// What a schema cannot say.

/// A name that is no zone.
pub fn timezone(name: &str, near: Option<&str>) -> Words {
    let name = short(name);
    let mut words = words!(
        "timezone",
        "\"{name}\" is not a time zone",
        "write an IANA name such as Europe/Paris or UTC",
        "\"{name}\" n’est pas un fuseau horaire",
        "écrivez un nom IANA comme Europe/Paris ou UTC"
    );
    if let Some(near) = near {
        words.help = did_you_mean(near);
    }
    words
}

/// An interval of nothing.
pub fn interval_zero() -> Words {
    words!(
        "interval-zero",
        "the interval is 0: hours, minutes and seconds are all zero",
        "set at least one of hours, minutes and seconds above 0",
        "l’intervalle est 0 : hours, minutes et seconds sont tous nuls (zero)",
        "mettez au moins l’un de hours, minutes et seconds au-dessus de 0"
    )
}

/// An anchor that is no instant.
pub fn anchor(text: &str) -> Words {
    let text = short(text);
    words!(
        "anchor",
        "\"{text}\" is not an RFC 3339 instant with an offset",
        "write 2026-01-01T06:00:00+01:00 or 2026-01-01T05:00:00Z",
        "\"{text}\" n’est pas un instant RFC 3339 avec décalage",
        "écrivez 2026-01-01T06:00:00+01:00 ou 2026-01-01T05:00:00Z"
    )
}

/// Two programs.
pub fn two_programs() -> Words {
    words!(
        "exactly-one",
        "`command` and `shell` are both set; a job runs one program",
        "remove one of the two",
        "`command` et `shell` sont tous deux donnés ; une tâche lance un seul programme",
        "retirez l’un des deux"
    )
}

/// No program.
pub fn no_program() -> Words {
    words!(
        "exactly-one",
        "`bot_config` has neither `command` nor `shell`",
        "add command: [program, argument] or shell: \"text\"",
        "`bot_config` n’a ni `command` ni `shell`",
        "ajoutez command: [programme, argument] ou shell: \"texte\""
    )
}

/// An empty program name.
pub fn empty_program() -> Words {
    words!(
        "exactly-one",
        "the program's name is empty",
        "write a program first",
        "le nom du programme est vide",
        "écrivez d’abord un programme"
    )
}

// Cron and days.

/// A cron field.
#[derive(Clone, Copy, Debug)]
pub struct CronField {
    /// English name.
    pub en: &'static str,
    /// French name.
    pub fr: &'static str,
    /// Least value.
    pub min: u64,
    /// Greatest value.
    pub max: u64,
}

fn cron(en: String, help: Text, fr: String) -> Words {
    Words {
        code: "cron",
        message: Text::new(en, guillemets(&fr)),
        help,
    }
}

fn cron_form() -> Text {
    pair(
        "write five fields: minute hour day-of-month month day-of-week, for example \"30 8 * * mon-fri\"",
        "écrivez cinq champs : minute heure jour-du-mois mois jour-de-la-semaine, par exemple \"30 8 * * mon-fri\"",
    )
}

/// The expression as a whole.
#[derive(Clone, Copy, Debug)]
pub enum CronWhole {
    /// Over 1,000 characters.
    TooLong,
    /// A control character inside.
    Control,
    /// Nothing in it.
    Empty,
    /// Something behind a nickname.
    BehindNickname,
}

/// A fault of the expression as a whole.
pub fn cron_whole(fault: CronWhole) -> Words {
    let (en, fr) = match fault {
        CronWhole::TooLong => (
            "the expression is longer than 1000 characters",
            "l’expression dépasse 1000 caractères",
        ),
        CronWhole::Control => (
            "a line break or control character is no separator",
            "un saut de ligne ou un caractère de contrôle ne sépare pas les champs",
        ),
        CronWhole::Empty => ("the expression is empty", "l’expression est vide"),
        CronWhole::BehindNickname => (
            "nothing may follow a nickname",
            "rien ne peut suivre un raccourci",
        ),
    };
    cron(en.to_owned(), cron_form(), fr.to_owned())
}

/// A schedule that never comes.
pub fn cron_never() -> Words {
    words!(
        "cron",
        "no calendar day ever matches: the schedule would never run",
        "check day of month against month: February has 29 days at most; April, June, September and November have 30",
        "aucun jour du calendrier ne convient : rien ne s’exécuterait jamais",
        "comparez jour du mois et mois : février a 29 jours au plus ; avril, juin, septembre et novembre en ont 30"
    )
}

/// A nickname with seconds.
pub fn cron_nickname_seconds() -> Words {
    words!(
        "cron",
        "a nickname has no seconds, but `seconds: true` is set",
        "remove `seconds: true`",
        "un raccourci n’a pas de secondes, mais `seconds: true` est donné",
        "retirez `seconds: true`"
    )
}

/// An unknown nickname.
pub fn cron_nickname(name: &str, near: Option<&str>) -> Words {
    let name = short(name);
    let mut words = words!(
        "cron",
        "\"{name}\" is not a nickname",
        "nicknames are @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly",
        "\"{name}\" n’est pas un raccourci",
        "les raccourcis sont @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly"
    );
    if let Some(near) = near {
        words.help = did_you_mean(near);
    }
    words
}

/// `@every 5m`.
pub fn cron_every() -> Words {
    words!(
        "cron",
        "\"@every\" is elapsed time, not a cron expression",
        "use schedule_type: interval with schedule_config: {{minutes: 5}}",
        "\"@every\" est un temps écoulé, pas une expression cron",
        "utilisez schedule_type: interval avec schedule_config: {{minutes: 5}}"
    )
}

/// `L-3`.
pub fn cron_before_last(text: &str) -> Words {
    let text = short(text);
    words!(
        "cron",
        "day of month: \"{text}\": days before the last one cannot be named",
        "write L for the last day, or LW for the last weekday",
        "jour du mois : \"{text}\" : on ne peut pas compter à partir du dernier jour",
        "écrivez L pour le dernier jour, ou LW pour le dernier jour ouvré"
    )
}

/// A zone inside the expression.
pub fn cron_zone(text: &str) -> Words {
    let text = short(text);
    words!(
        "cron",
        "\"{text}\" sets a zone inside the expression",
        "write the zone in the job's `timezone` key",
        "\"{text}\" fixe un fuseau dans l’expression",
        "écrivez le fuseau dans la clé `timezone` de la tâche"
    )
}

/// The wrong number of fields.
pub fn cron_count(found: usize, seconds: bool) -> Words {
    match (found, seconds) {
        (6, false) => words!(
            "cron",
            "6 fields, but five are expected (5): programs disagree whether a sixth is seconds or a year",
            "add `seconds: true` beside it when the first field is seconds; a year cannot be given",
            "6 champs au lieu de cinq (5) : les programmes ne s’accordent pas sur un sixième, secondes ou année",
            "ajoutez `seconds: true` à côté si le premier champ est celui des secondes ; une année ne se donne pas"
        ),
        (5, true) => words!(
            "cron",
            "5 fields, but `seconds: true` asks for six, seconds first",
            "remove `seconds: true`, or put a seconds field first: \"0 30 8 * * *\"",
            "5 champs, mais `seconds: true` en demande six, secondes d’abord",
            "retirez `seconds: true`, ou commencez par les secondes : \"0 30 8 * * *\""
        ),
        (found, seconds) => {
            let (n, six) = if seconds {
                ("six (6)", true)
            } else {
                ("five (5)", false)
            };
            let cinq = if six { "six (6)" } else { "cinq (5)" };
            let s = if found == 1 { "" } else { "s" };
            cron(
                format!(
                    "{found} field{s}, but {n} are expected: minute, hour, day of month, month, day of week"
                ),
                cron_form(),
                format!(
                    "{found} champ{s} au lieu de {cinq} : minute, heure, jour du mois, mois, jour de la semaine"
                ),
            )
        }
    }
}

/// `W` in a list.
pub fn cron_weekday_alone(item: &str) -> Words {
    let item = short(item);
    words!(
        "cron",
        "day of month: \"{item}\" must stand alone",
        "write LW or 15W as the whole field",
        "jour du mois : \"{item}\" doit être seul",
        "écrivez LW ou 15W comme champ entier"
    )
}

/// `#9`.
pub fn cron_week(which: &str) -> Words {
    let which = short(which);
    words!(
        "cron",
        "day of week: \"#{which}\" is not a week of the month",
        "write #1 to #5, or #L for the last",
        "jour de la semaine : \"#{which}\" n’est pas une semaine du mois",
        "écrivez #1 à #5, ou #L pour la dernière"
    )
}

/// `1,,2`.
pub fn cron_empty_item(field: CronField) -> Words {
    let CronField { en, fr, .. } = field;
    words!(
        "cron",
        "{en}: a list item is empty",
        "remove the extra comma",
        "{fr} : un élément de la liste est vide",
        "retirez la virgule en trop"
    )
}

/// `5-1`.
pub fn cron_backwards(field: CronField, range: &str) -> Words {
    let range = short(range);
    let CronField { en, fr, .. } = field;
    words!(
        "cron",
        "{en}: the range \"{range}\" goes backwards",
        "put the lower end first, or write two ranges",
        "{fr} : l’intervalle \"{range}\" est à rebours",
        "mettez la borne basse d’abord, ou écrivez deux intervalles"
    )
}

/// `0/15`.
pub fn cron_single_step(field: CronField, text: &str, from: &str, step: u64) -> Words {
    let CronField { en, fr, max, .. } = field;
    let (text, from) = (short(text), short(from));
    words!(
        "cron",
        "{en}: \"{text}\" steps from a single value",
        "programs disagree on its meaning; write \"{from}-{max}/{step}\"",
        "{fr} : \"{text}\" a un pas sur une seule valeur",
        "les programmes ne s’accordent pas sur son sens ; écrivez \"{from}-{max}/{step}\""
    )
}

/// `*/0`.
pub fn cron_step(field: CronField, text: &str) -> Words {
    let text = short(text);
    let CronField { en, fr, .. } = field;
    words!(
        "cron",
        "{en}: \"{text}\" is not a step",
        "a step is a whole number from 1 to 65535",
        "{fr} : \"{text}\" n’est pas un pas",
        "un pas est un nombre entier de 1 à 65535"
    )
}

/// `61`.
pub fn cron_range(field: CronField, text: &str) -> Words {
    let text = short(text);
    let CronField { en, fr, min, max } = field;
    words!(
        "cron",
        "{en}: {text} is out of range {min}-{max}",
        "{en} goes from {min} to {max}",
        "{fr} : {text} est hors limites {min}-{max}",
        "{fr} va de {min} à {max}"
    )
}

/// `monday`, `x`.
pub fn cron_value(field: CronField, text: &str, near: Option<&str>, names: &[&str]) -> Words {
    let CronField { en, fr, min, max } = field;
    let text = short(text);
    let mut words = words!(
        "cron",
        "{en}: \"{text}\" is not a value",
        "write a number from {min} to {max}",
        "{fr} : \"{text}\" n’est pas une valeur",
        "écrivez un nombre de {min} à {max}"
    );
    let list = names.join(", ");
    match near {
        Some(near) => {
            words.help = Text::new(
                format!("did you mean `{near}`? names have three letters"),
                format!("vouliez-vous dire `{near}` ? les noms ont trois lettres"),
            );
        }
        None if !names.is_empty() => {
            words.help.en += &format!(" or a name of three letters: {list}");
            words.help.fr += &format!(" ou un nom de trois lettres : {list}");
        }
        None => {}
    }
    words
}

const DAYS: &str = "mon, tue, wed, thu, fri, sat, sun";

/// A day that is none.
pub fn day(name: &str, near: Option<&str>) -> Words {
    let name = &short(name);
    let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    let message = if name.is_empty() {
        pair("a day is missing", "il manque un jour")
    } else if is_number {
        Text::new(
            format!("\"{name}\" is not a day: numbers mean different days in different programs"),
            format!(
                "\"{name}\" n’est pas un jour : les nombres changent de sens d’un programme à l’autre"
            ),
        )
    } else {
        Text::new(
            format!("\"{name}\" is not a day"),
            format!("\"{name}\" n’est pas un jour"),
        )
    };
    let help = match near {
        Some(near) => Text::new(
            format!("did you mean `{near}`? days are {DAYS}"),
            format!("vouliez-vous dire `{near}` ? les jours sont {DAYS}"),
        ),
        None => Text::new(
            format!("days are {DAYS}: mon,wed,fri or mon-fri"),
            format!("les jours sont {DAYS} : mon,wed,fri ou mon-fri"),
        ),
    };
    Words {
        code: "day",
        message: Text::new(message.en, guillemets(&message.fr)),
        help,
    }
}

/// Days backwards.
pub fn day_backwards(range: &str) -> Words {
    let range = short(range);
    words!(
        "day",
        "the range \"{range}\" goes backwards",
        "write the earlier day first, or list the days: fri,sat,sun,mon",
        "l’intervalle \"{range}\" est à rebours",
        "écrivez le premier jour d’abord, ou listez les jours : fri,sat,sun,mon"
    )
}

// The two bots.

/// A name in braces that no template knows, or a brace alone.
pub fn template(key: &str, part: &str) -> Words {
    words!(
        "template",
        "`{key}`: {part} is not known in a template",
        "known are {{first_name}}, {{name}}, {{age}} and {{days_late}}; write {{{{ for a brace",
        "`{key}` : {part} n’est pas connu dans un modèle",
        "sont connus {{first_name}}, {{name}}, {{age}} et {{days_late}} ; écrivez {{{{ pour une accolade"
    )
}

/// A sender that is no address.
pub fn mail_address(key: &str, shown: &str) -> Words {
    words!(
        "mail-address",
        "`{key}`: \"{shown}\" is not a mail address",
        "write ana@example.org or Ana Lima <ana@example.org>",
        "`{key}` : \"{shown}\" n’est pas une adresse de courriel",
        "écrivez ana@example.org ou Ana Lima <ana@example.org>"
    )
}

/// `user` without `password`, or the other way round.
pub fn half_login(key: &str, other: &str) -> Words {
    words!(
        "half-login",
        "`{key}` stands without `{other}`",
        "write both, or none for a server without login",
        "`{key}` figure sans `{other}`",
        "écrivez les deux, ou aucun pour un serveur sans authentification"
    )
}

/// A password that would cross a network unencrypted.
pub fn clear_login(host: &str) -> Words {
    words!(
        "clear-login",
        "the password would go to {host} unencrypted (tls: none)",
        "write tls: starttls or tls: implicit, or remove user and password",
        "le mot de passe irait à {host} sans chiffrement (tls: none)",
        "écrivez tls: starttls ou tls: implicit, ou retirez user et password"
    )
}

// Warnings and notes.

/// A key that a bot needs and that stands nowhere.
pub fn bot_source(key: &str, bot: &str) -> Words {
    words!(
        "bot-source",
        "`bot_config.{key}` is named nowhere: a run fails until it is",
        "name it here, or for all jobs in jobsd.yaml: bots: {{{bot}: {{defaults: {{{key}: …}}}}}}",
        "`bot_config.{key}` n’est nommé nulle part : toute exécution échoue d’ici là",
        "nommez-le ici, ou pour toutes les tâches dans jobsd.yaml : bots: {{{bot}: {{defaults: {{{key}: …}}}}}}"
    )
}

/// `max_days_late` without `process_late`.
pub fn no_effect() -> Words {
    words!(
        "no-effect",
        "`max_days_late` has no effect while `process_late` is false",
        "remove this line, or set process_late: true",
        "`max_days_late` n’a pas d’effet tant que `process_late` est false",
        "retirez cette ligne, ou mettez process_late: true"
    )
}

/// A limit that is never reached, for another one comes first.
pub fn outdone(key: &str, own: u64, other: &str, bound: u64) -> Words {
    words!(
        "no-effect",
        "`{key}` ({own}) has no effect: `{other}` ({bound}) comes first",
        "write at most {bound}, remove this line, or raise `{other}`",
        "`{key}` ({own}) n’a pas d’effet : `{other}` ({bound}) est atteint avant",
        "écrivez {bound} au plus, retirez cette ligne, ou relevez `{other}`"
    )
}

/// A key of `retry` where there is one attempt alone.
pub fn no_retry(key: &str) -> Words {
    words!(
        "no-effect",
        "`retry.{key}` has no effect with one attempt alone",
        "set retry.max_attempts to 2 or more, or remove this line",
        "`retry.{key}` n’a pas d’effet avec une seule tentative",
        "mettez retry.max_attempts à 2 ou plus, ou retirez cette ligne"
    )
}

/// A program that is not on this machine.
pub fn no_such_program(program: &str) -> Words {
    let program = short(program);
    words!(
        "no-program",
        "the program {program} is not on this machine",
        "install it, mend the path, or allow(no-program) when it is only on the server",
        "le programme {program} n’est pas sur cette machine",
        "installez-le, corrigez le chemin, ou allow(no-program) s’il n’est que sur le serveur"
    )
}

/// `*/2` beside a restricted day field.
pub fn star_step_day(step: &str) -> Words {
    let step = short(step);
    words!(
        "star-step-day",
        "`{step}` begins with `*`, so both day fields must match; some programs let one be enough",
        "list the days: 1-31/2 lets one be enough, or leave the other field `*`",
        "`{step}` commence par `*` : les deux champs de jour doivent convenir ; d’autres programmes se contentent d’un seul",
        "listez les jours : 1-31/2 se contente d’un seul, ou laissez l’autre champ à `*`"
    )
}

/// Both day fields restricted.
pub fn either_day(of_month: &str, of_week: &str) -> Words {
    let (of_month, of_week) = (short(of_month), short(of_week));
    words!(
        "either-day",
        "day of month `{of_month}` and day of week `{of_week}`: one match is enough",
        "if both were meant to match, test one in the program; if one is enough, nothing is wrong",
        "jour du mois `{of_month}` et jour de la semaine `{of_week}` : un seul suffit",
        "si les deux devaient convenir, testez l’un dans le programme ; si un seul suffit, tout va bien"
    )
}

/// A step larger than its field.
pub fn large_step(field: CronField, step: u64, value: &str) -> Words {
    let CronField { en, fr, .. } = field;
    words!(
        "large-step",
        "{en}: the step {step} is larger than the field: only {value} matches",
        "write that value alone; for elapsed time use schedule_type: interval",
        "{fr} : le pas {step} dépasse le champ : seul {value} convient",
        "écrivez cette valeur seule ; pour un temps écoulé, utilisez schedule_type: interval"
    )
}

/// A fixed time that a clock change hits.
pub fn clock_change(
    zone: &str,
    skipped: Option<(String, String)>,
    repeated: Option<String>,
) -> Words {
    let mut en = Vec::new();
    let mut fr = Vec::new();
    if let Some((day, at)) = skipped {
        en.push(format!("does not exist on {day} (it runs at {at})"));
        fr.push(format!("n’existe pas le {day} (exécution à {at})"));
    }
    if let Some(day) = repeated {
        en.push(format!(
            "happens twice on {day} (it runs once, the first time)"
        ));
        fr.push(format!(
            "arrive deux fois le {day} (une exécution, la première fois)"
        ));
    }
    let (en, fr) = (en.join(", and "), fr.join(", et "));
    words!(
        "clock-change",
        "a clock change of {zone} hits this time: it {en}",
        "nothing is lost or doubled; choose another hour, or timezone: UTC, to be out of its way",
        "un changement d’heure de {zone} touche cette heure : elle {fr}",
        "rien n’est perdu ni doublé ; choisissez une autre heure, ou timezone: UTC, pour l’éviter"
    )
}

/// Many jobs at one time.
pub fn crowded_minute(count: usize, time: &str, zone: &str) -> Words {
    words!(
        "crowded-minute",
        "{count} jobs are due at {time} {zone}",
        "spread them over some minutes",
        "{count} tâches sont dues à {time} {zone}",
        "répartissez-les sur quelques minutes"
    )
}

/// A zone left to the default.
pub fn implicit_timezone(zone: &str) -> Words {
    words!(
        "implicit-timezone",
        "no `timezone` is set: times are in {zone}",
        "write it, so that the next reader need not know the default: timezone: Europe/Paris",
        "aucun `timezone` : les heures sont en {zone}",
        "écrivez-le, pour que le prochain lecteur n’ait pas à connaître le défaut : timezone: Europe/Paris"
    )
}

/// A zone that has other hours in the zone data that does not serve.
pub fn zone_data(zone: &str, from: &str) -> Words {
    words!(
        "zone-data",
        "the two copies of the zone data of this machine differ for {zone} from {from}",
        "`jobsd doctor` says which serves; bring the tzdata package up to date, because programs read it",
        "les deux copies des données de fuseaux de cette machine diffèrent pour {zone} à partir de {from}",
        "« jobsd doctor » dit laquelle sert ; mettez à jour le paquet tzdata, car les programmes le lisent"
    )
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

/// A value that looks like a secret in clear.
pub fn clear_secret(name: &str) -> Words {
    let name = short(name);
    words!(
        "clear-secret",
        "`env.{name}` looks like a secret written in clear",
        "keep it out of git: {name}: {{from_env: X}} or {{from_file: /run/secrets/x}}",
        "`env.{name}` ressemble à un secret écrit en clair",
        "gardez-le hors de git : {name}: {{from_env: X}} ou {{from_file: /run/secrets/x}}"
    )
}

/// A text that has the form of a secret.
pub fn clear_token(key: &str, what: &Text) -> Words {
    let key = short(key);
    let Text { en, fr } = what;
    words!(
        "clear-secret",
        "`{key}` holds {en}, written in clear",
        "keep it out of git: give it to the program as env: {{NAME: {{from_file: /run/secrets/x}}}}",
        "`{key}` contient {fr}, écrit en clair",
        "gardez-le hors de git : donnez-le au programme par env: {{NOM: {{from_file: /run/secrets/x}}}}"
    )
}

/// `# jobsd: allow(…)` without a reason.
pub fn allow_reason(code: &str) -> Words {
    let code = short(code);
    words!(
        "allow-reason",
        "allow({code}) gives no reason",
        "say why, for the next reader: # jobsd: allow({code}) because …",
        "allow({code}) ne donne pas de raison",
        "dites pourquoi, pour le prochain lecteur : # jobsd: allow({code}) parce que …"
    )
}

/// `# jobsd: …` in other words.
pub fn allow_form() -> Words {
    words!(
        "allow-unused",
        "the comment speaks to jobsd in words it does not know",
        "write # jobsd: allow(CODE) and the reason, or another comment",
        "le commentaire s’adresse à jobsd avec des mots inconnus",
        "écrivez # jobsd: allow(CODE) et la raison, ou un autre commentaire"
    )
}

/// `# jobsd: allow(…)` that silences nothing.
pub fn allow_unused(code: &str) -> Words {
    let code = short(code);
    words!(
        "allow-unused",
        "allow({code}) silences nothing here",
        "remove the comment, or mend the code: jobsd explain lists them",
        "allow({code}) ne fait rien taire ici",
        "retirez le commentaire, ou corrigez le code : jobsd explain en donne la liste"
    )
}
