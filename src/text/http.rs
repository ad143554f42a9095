//! What the endpoint answers to a request that it cannot take: the `detail` of its errors. English,
//! unless whoever asks prefers French.

use crate::text::Text;

/// There is no such job; the English words are the plan's.
pub fn no_job(id: &str) -> Text {
    text!("Job {id} not found", "Job {id} introuvable")
}

/// The file of a job is bad, and no earlier version of it is active.
pub fn bad_file(id: &str, error: &str) -> Text {
    text!(
        "Job {id} not found: no version is active, because its file is bad: {error}",
        "Job {id} introuvable : aucune version n’est active, car son fichier est mauvais : {error}"
    )
}

/// There is no such run.
pub fn no_run(id: &str) -> Text {
    text!("Run {id} not found", "Exécution {id} introuvable")
}

/// There is no such page.
pub fn no_page() -> Text {
    text!("no such page; see GET /", "aucune page ici ; voyez GET /")
}

/// There is no such file.
pub fn no_file() -> Text {
    text!("no such file", "aucun fichier de ce nom")
}

/// The history cannot be read.
pub fn unreadable(cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "history cannot be read: {en}",
        "l’historique est illisible : {fr}"
    )
}

/// What was done for a request broke off.
pub fn broken_off(cause: &str) -> Text {
    text!(
        "the answer was cut off: {cause}",
        "la réponse a été interrompue : {cause}"
    )
}

/// The answer was not made in time.
pub fn too_slow() -> Text {
    text!(
        "the answer took too long",
        "la réponse a pris trop de temps"
    )
}

// The address and the query

/// No `Host`, several, or one that is not a host.
pub fn bad_host() -> Text {
    text!(
        "a request names one host in one Host line (RFC 9112, section 3.2)",
        "une requête nomme un hôte, en une ligne Host (RFC 9112, section 3.2)"
    )
}

/// A `Host` that is not ours.
pub fn other_host() -> Text {
    text!(
        "this name is not served here; add it to allowed_hosts",
        "ce nom n’est pas servi ici ; ajoutez-le à allowed_hosts"
    )
}

/// An address over the bound.
pub fn long_address() -> Text {
    text!("the address is too long", "l’adresse est trop longue")
}

/// An address in another encoding.
pub fn address_not_utf8() -> Text {
    text!("the address is not UTF-8", "l’adresse n’est pas en UTF-8")
}

/// A query in another encoding.
pub fn query_not_utf8() -> Text {
    text!("the query is not UTF-8", "la requête n’est pas en UTF-8")
}

/// A query over the bound.
pub fn many_keys(max: usize) -> Text {
    text!(
        "a query has {max} keys at most",
        "une requête a {max} clés au plus"
    )
}

/// Not a boolean.
pub fn not_a_flag(key: &str) -> Text {
    text!("{key} is true or false", "{key} vaut true ou false")
}

/// A boolean that is missing.
pub fn no_flag(key: &str) -> Text {
    text!(
        "{key} is missing: true or false",
        "il manque {key} : true ou false"
    )
}

/// Not a number of records.
pub fn not_a_limit(min: usize, max: usize) -> Text {
    text!(
        "limit is an integer from {min} to {max}",
        "limit est un entier de {min} à {max}"
    )
}

/// Not a whole number within its bound.
pub fn not_a_number(key: &str, max: u64) -> Text {
    text!(
        "{key} is an integer from 0 to {max}",
        "{key} est un entier de 0 à {max}"
    )
}

/// Not an instant.
pub fn not_a_time(key: &str) -> Text {
    text!(
        "{key} is an RFC 3339 time: 2026-11-24T10:00:00Z",
        "{key} est un instant RFC 3339 : 2026-11-24T10:00:00Z"
    )
}

/// Not an id of a job.
pub fn not_a_job_id() -> Text {
    text!(
        "job_id is the stem of a job file: [a-z0-9._-]",
        "job_id est le nom d’un fichier de job sans extension : [a-z0-9._-]"
    )
}

/// Not a cursor.
pub fn not_a_cursor() -> Text {
    text!(
        "cursor is the next_cursor of a page",
        "cursor est le next_cursor d’une page"
    )
}

/// A cursor that leads nowhere.
pub fn no_page_begins() -> Text {
    text!("no page begins there", "aucune page ne commence là")
}

/// A word outside its list.
pub fn not_among(key: &str, all: &str) -> Text {
    text!("{key} is one of {all}", "{key} est l’un de {all}")
}

/// A range after the end.
pub fn no_range(length: u64) -> Text {
    text!(
        "the output has {length} bytes",
        "la sortie a {length} octets"
    )
}

/// All places of followers are taken.
pub fn many_readers() -> Text {
    text!(
        "too many clients follow along; try again later",
        "trop de lecteurs suivent déjà ; réessayez plus tard"
    )
}

/// Downloads beyond those that are served at the same time.
pub fn many_downloads() -> Text {
    text!(
        "too many downloads of the history at once; try again later",
        "trop de téléchargements de l’historique à la fois ; réessayez plus tard"
    )
}

// Writes

/// A write on a job: the file to edit, and the link to it.
pub fn edit_file(file: &str, link: Option<&str>) -> Text {
    let told = text!(
        "jobs are files in git: edit {file} and merge it",
        "les jobs sont des fichiers dans git : modifiez {file} et fusionnez"
    );
    told + match link {
        Some(link) => text!(": {link}", " : {link}"),
        None => Text::default(),
    }
}

/// Any other write.
pub fn read_only() -> Text {
    text!(
        "this endpoint is read-only: jobs are files in jobs.d, in git",
        "ce point d’accès est en lecture seule : les jobs sont des fichiers de jobs.d, dans git"
    )
}

/// No token, or a wrong one.
pub fn no_token() -> Text {
    text!("a valid token is needed", "il faut un jeton valable")
}

/// A form of another site.
pub fn foreign_form() -> Text {
    text!(
        "this form does not come from this site",
        "ce formulaire ne vient pas de ce site"
    )
}

/// Too many tries.
pub fn too_many() -> Text {
    text!("too many requests; wait", "trop de requêtes ; patientez")
}

/// No one is logged in.
pub fn no_session() -> Text {
    text!("no session: log in", "aucune session : connectez-vous")
}

/// A body over the bound.
pub fn large_body(max: usize) -> Text {
    text!(
        "a body has {max} bytes at most",
        "un corps a {max} octets au plus"
    )
}

/// A body in another encoding.
pub fn body_not_utf8() -> Text {
    text!("the body is not UTF-8", "le corps n’est pas en UTF-8")
}

/// A body that is not JSON.
pub fn body_not_json(cause: &str) -> Text {
    text!(
        "the body is not JSON: {cause}",
        "le corps n’est pas du JSON : {cause}"
    )
}
