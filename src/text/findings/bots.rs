//! Findings of the programs and bots that jobs run.

use crate::text::{Text, Words, guillemets, short};

/// Two programs.
pub fn two_programs() -> Words {
    words!(
        "exactly-one",
        "`command` and `shell` are both set; a job runs one program",
        "remove one of the two",
        "`command` et `shell` sont tous deux donnés ; un job lance un seul programme",
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

/// A name in braces that no template knows, or a brace alone.
pub fn template(key: &str, part: &str) -> Words {
    words!(
        "template",
        "`{key}`: {part} is not known in a template",
        "known are {{first_name}}, {{name}}, {{age}} and {{days_late}}; write {{{{ for a brace",
        "`{key}` : {part} n’est pas connu dans un modèle",
        "sont connus {{first_name}}, {{name}}, {{age}} et {{days_late}} ; écrivez {{{{ pour une \
         accolade"
    )
}

/// A sender that is not an address.
pub fn mail_address(key: &str, shown: &str) -> Words {
    words!(
        "mail-address",
        "`{key}`: \"{shown}\" is not a mail address",
        "write ana@example.org or Ana Lima <ana@example.org>",
        "`{key}` : \"{shown}\" n’est pas une adresse de courriel",
        "écrivez ana@example.org ou Ana Lima <ana@example.org>"
    )
}

/// `user` without `password`, or the other way round.
pub fn half_login(key: &str, other: &str) -> Words {
    words!(
        "half-login",
        "`{key}` is set without `{other}`",
        "write both, or none for a server without login",
        "`{key}` est donné sans `{other}`",
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

/// A key that a bot needs and that is nowhere.
pub fn bot_source(key: &str, bot: &str) -> Words {
    words!(
        "bot-source",
        "`bot_config.{key}` is not set anywhere: runs fail until it is",
        "set it here, or for all jobs in jobsd.yaml: bots: {{{bot}: {{defaults: {{{key}: …}}}}}}",
        "il manque `bot_config.{key}` : tant qu’il manque, chaque exécution échoue",
        "indiquez-le ici, ou pour tous les jobs dans jobsd.yaml : bots: {{{bot}: {{defaults: \
         {{{key}: …}}}}}}"
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

/// A program that is not on this machine.
pub fn no_such_program(program: &str) -> Words {
    let program = short(program);
    words!(
        "no-program",
        "the program {program} is not on this machine",
        "install it, fix the path, or allow(no-program) when it is only on the server",
        "le programme {program} n’est pas sur cette machine",
        "installez-le, corrigez le chemin, ou allow(no-program) s’il n’est que sur le serveur"
    )
}
