//! Findings of variables, and of secrets written in clear.

use crate::text::{Text, Words, guillemets, short};

/// A variable that jobsd sets itself.
pub fn own_variable(name: &str) -> Words {
    let name = short(name);
    words!(
        "no-effect",
        "`env.{name}` has no effect: jobsd sets the variables that begin with JOBSD_ itself",
        "choose another name",
        "`env.{name}` n’a pas d’effet : jobsd fixe lui-même les variables qui commencent par \
         JOBSD_",
        "choisissez un autre nom"
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
        "utilisez lettres, chiffres et _ ; pas de chiffre d’abord"
    )
}

/// Something below a name that promises a secret, where a name may be the secret.
pub fn below_secret(code: &'static str, place: &str) -> Words {
    let place = short(place);
    let words = words!(
        "type",
        "the value of `{place}` is wrong; it may be a secret, so none of it is shown",
        "write a quoted text, {{from_env: NAME}} or {{from_file: PATH}}",
        "la valeur de `{place}` est fausse ; c’est peut-être un secret, donc rien n’en est montré",
        "écrivez un texte entre guillemets, {{from_env: NOM}} ou {{from_file: CHEMIN}}"
    );
    Words { code, ..words }
}

/// A value that looks like a secret in clear.
pub fn clear_secret(name: &str) -> Words {
    let name = short(name);
    words!(
        "clear-secret",
        "`env.{name}` looks like a secret written in clear",
        "keep it out of git: {name}: {{from_env: X}} or {{from_file: /run/secrets/x}}",
        "`env.{name}` ressemble à un secret écrit en clair",
        "gardez-le hors de git : {name}: {{from_env: X}} ou {{from_file: /run/secrets/x}}"
    )
}

/// A text that has the form of a secret.
pub fn clear_token(key: &str, what: &Text) -> Words {
    let key = short(key);
    let Text { en, fr } = what;
    words!(
        "clear-secret",
        "`{key}` holds {en}, written in clear",
        "keep it out of git: give it to the program as env: {{NAME: {{from_file: \
         /run/secrets/x}}}}",
        "`{key}` contient {fr}, écrit en clair",
        "gardez-le hors de git : donnez-le au programme par env: {{NOM: {{from_file: \
         /run/secrets/x}}}}"
    )
}
