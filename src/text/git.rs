//! What is said of a repository that does not have what was asked for.

use crate::text::Text;

/// No repository around a path.
pub fn no_repository(path: &str, cause: &str) -> Text {
    text!(
        "there is no git repository around `{path}`: {cause}",
        "aucun dépôt git autour de « {path} » : {cause}"
    )
}

/// A reference that names no commit.
pub fn no_reference(reference: &str, cause: &str) -> Text {
    text!(
        "git knows no commit `{reference}`: {cause}",
        "git ne connaît aucun commit « {reference} » : {cause}"
    )
}

/// A reference that a shallow clone lacks.
pub fn not_in_a_shallow_clone(reference: &str) -> Text {
    let branch = reference.strip_prefix("origin/").unwrap_or(reference);
    let branch = if branch == "HEAD" { "main" } else { branch };
    text!(
        "`{reference}` is not in this shallow clone. Fetch it with its history: \
         git fetch --unshallow origin \"+refs/heads/{branch}:refs/remotes/origin/{branch}\"",
        "« {reference} » n’est pas dans ce clone superficiel. Récupérez-la avec son historique : \
         git fetch --unshallow origin \"+refs/heads/{branch}:refs/remotes/origin/{branch}\""
    )
}

/// No branch to compare with.
pub fn no_default_branch() -> Text {
    text!(
        "this repository has no origin/HEAD, main or master: name what to compare with, for example \
         `jobsd plan HEAD~1`",
        "ce dépôt n’a ni origin/HEAD, ni main, ni master : nommez ce à quoi comparer, par exemple \
         « jobsd plan HEAD~1 »"
    )
}

/// Two histories without a common ancestor.
pub fn no_common_ancestor(one: &str, other: &str) -> Text {
    text!(
        "`{one}` and `{other}` have no common ancestor: compare them as they are, with \
         `{one}..{other}`",
        "« {one} » et « {other} » n’ont pas d’ancêtre commun : comparez-les tels quels, avec \
         « {one}..{other} »"
    )
}

/// A common ancestor that a shallow clone cannot tell.
pub fn ancestor_cut_off(one: &str, other: &str) -> Text {
    text!(
        "this clone is shallow, and its history ends before the common ancestor of `{one}` and \
         `{other}` is certain. Fetch the rest: git fetch --unshallow origin",
        "ce clone est superficiel, et son historique s’arrête avant que l’ancêtre commun de \
         « {one} » et « {other} » soit certain. Récupérez le reste : git fetch --unshallow origin"
    )
}

/// Objects that a partial clone lacks.
pub fn missing_objects(count: usize) -> Text {
    text!(
        "this clone lacks objects ({count}): it is a partial one. Fetch them: \
         git fetch --refetch --no-filter origin",
        "il manque des objets à ce clone ({count}) : il est partiel. Récupérez-les : \
         git fetch --refetch --no-filter origin"
    )
}

/// A commit whose tree cannot be read.
pub fn unread_commit(commit: &str, cause: &str) -> Text {
    text!(
        "the files of commit {commit} cannot be read: {cause}",
        "les fichiers du commit {commit} sont illisibles : {cause}"
    )
}

/// Git cannot be run, or says what it never says.
pub fn failed(cause: &str) -> Text {
    text!("git failed: {cause}", "git a échoué : {cause}")
}
