//! What the two bots say, in both languages.

use crate::text::Text;

/// A sentence about a place.
pub fn at(place: &str, text: &Text) -> Text {
    Text::new(
        format!("{place}: {}", text.en),
        format!("{place} : {}", text.fr),
    )
}

/// The same person and birthday once more.
pub fn duplicate() -> Text {
    text!(
        "the same person and birthday are listed above; remove one of the two",
        "la même personne et le même anniversaire figurent déjà plus haut ; retirez l’un des deux"
    )
}

/// No mail address.
pub fn no_address() -> Text {
    text!(
        "the birthday is due and the entry has no mail address; add one",
        "l’anniversaire est à souhaiter et l’entrée n’a pas d’adresse de courriel ; ajoutez-la"
    )
}

/// Every text needs an age.
pub fn no_words() -> Text {
    text!(
        "the year of birth is not known and every text says {{age}}; add one without it to \
         `templates`",
        "l’année de naissance est inconnue et chaque texte dit {{age}} ; ajoutez-en un sans elle à \
         `templates`"
    )
}

/// A message whose end an earlier run did not see.
pub fn unresolved(name: &str, day: &str) -> Text {
    text!(
        "{name} ({day}): an earlier run ended during the message; it may have left and is not sent \
         again",
        "{name} ({day}) : une exécution précédente s’est arrêtée pendant l’envoi ; le message est \
         peut-être parti et n’est pas renvoyé"
    )
}

/// What the limits leave for later.
pub fn left(count: usize) -> Text {
    text!(
        "{count} left for later: the limits allow no more in this run",
        "{count} remis à plus tard : les limites n’en permettent pas plus dans cette exécution"
    )
}

/// A message of a dry run.
pub fn would_send(name: &str, to: &str, days_late: u32, subject: &str) -> Text {
    if days_late == 0 {
        return text!(
            "would send to {name} <{to}>: {subject}",
            "enverrait à {name} <{to}> : {subject}"
        );
    }
    text!(
        "would send to {name} <{to}>, {days_late} days late: {subject}",
        "enverrait à {name} <{to}>, {days_late} jours en retard : {subject}"
    )
}

/// The end of a dry run.
pub fn dry_run_over(count: usize) -> Text {
    text!(
        "dry run: {count} messages would have been sent, none was",
        "mode test : {count} messages auraient été envoyés, aucun ne l’a été"
    )
}

/// A message that was taken.
pub fn sent(name: &str) -> Text {
    text!("{name}: sent", "{name} : envoyé")
}

/// A message that was not taken.
pub fn failed(name: &str, Text { en, fr }: &Text) -> Text {
    text!("{name}: failed: {en}", "{name} : échec : {fr}")
}

/// A message whose end no one saw.
pub fn unknown(name: &str, Text { en, fr }: &Text) -> Text {
    text!(
        "{name}: unknown, it may have left and is not sent again: {en}",
        "{name} : incertain, le message est peut-être parti et n’est pas renvoyé : {fr}"
    )
}

/// No one takes messages.
pub fn down(rest: usize, Text { en, fr }: &Text) -> Text {
    text!(
        "delivery is unavailable: {en}; {rest} were not tried and stay due",
        "l’envoi est impossible : {fr} ; {rest} n’ont pas été tentés et restent dus"
    )
}

/// The sums of a run.
pub fn sums(sent: u64, failed: u64, unknown: u64, ignored: u64) -> Text {
    text!(
        "{sent} sent, {failed} failed, {unknown} unknown, {ignored} ignored",
        "envoyés : {sent}, échoués : {failed}, incertains : {unknown}, ignorés : {ignored}"
    )
}

/// No page of a list could be understood.
pub fn not_a_page(written: &str) -> Text {
    text!(
        "{written:?} is not the address of a page; write https://example.org/",
        "{written:?} n’est pas l’adresse d’une page ; écrivez https://example.org/"
    )
}

/// The same page once more.
pub fn same_page() -> Text {
    text!(
        "the same page is listed above; remove one of the two",
        "la même page figure déjà plus haut ; retirez l’une des deux"
    )
}

/// A page of a dry run.
pub fn would_visit(url: &str) -> Text {
    text!("would visit {url}", "visiterait {url}")
}

/// The end of a dry run.
pub fn dry_visits_over(count: usize) -> Text {
    text!(
        "dry run: {count} pages would have been visited, none was",
        "mode test : {count} pages auraient été visitées, aucune ne l’a été"
    )
}

/// A page that was visited.
pub fn visited(url: &str, status: u16, title: &str, is_changed: bool) -> Text {
    if is_changed {
        return text!(
            "{url}: {status}, changed: {title}",
            "{url} : {status}, modifiée : {title}"
        );
    }
    text!("{url}: {status}: {title}", "{url} : {status} : {title}")
}

/// A page that could not be visited.
pub fn not_visited(url: &str, cause: &Text) -> Text {
    let (en, fr) = (&cause.en, &cause.fr);
    text!("{url}: failed: {en}", "{url} : échec : {fr}")
}

/// A page whose host asks for no more requests.
pub fn not_now(url: &str, cause: &Text) -> Text {
    let (en, fr) = (&cause.en, &cause.fr);
    text!(
        "{url}: not now: {en}; the host is not asked again in this run",
        "{url} : pas maintenant : {fr} ; l’hôte est laissé tranquille jusqu’à la fin de cette \
         exécution"
    )
}

/// Another page of such a host.
pub fn host_left_alone(url: &str) -> Text {
    text!(
        "{url}: left for a later run, as its host asked for no more requests",
        "{url} : remise à une exécution suivante, son hôte ne voulant plus de requêtes"
    )
}

/// An answer that asks for no more requests, and how long.
pub fn busy(status: u16, wait: Option<&str>) -> Text {
    match wait {
        Some(wait) => text!(
            "the answer is {status} with Retry-After: {wait}",
            "la réponse est {status} avec Retry-After: {wait}"
        ),
        None => answer_is(status),
    }
}

/// An answer that is not a page.
pub fn answer_is(status: u16) -> Text {
    text!("the answer is {status}", "la réponse est {status}")
}

/// Rules of a host that cannot be read.
pub fn no_robots(origin: &str, cause: &Text) -> Text {
    let (en, fr) = (&cause.en, &cause.fr);
    text!(
        "robots.txt of {origin} could not be read: {en}",
        "le robots.txt de {origin} n’a pas pu être lu : {fr}"
    )
}

/// No answer at all.
pub fn no_answer(Text { en, fr }: &Text) -> Text {
    text!("no answer: {en}", "pas de réponse : {fr}")
}

/// An answer that broke off.
pub fn cut_off(status: u16, Text { en, fr }: &Text) -> Text {
    text!(
        "the answer is {status}, and broke off: {en}",
        "la réponse est {status}, puis s’est interrompue : {fr}"
    )
}

/// A redirect to what is not a page.
pub fn leads_nowhere(status: u16, next: &str) -> Text {
    text!(
        "{status} leads to {next}, which is not a page",
        "{status} mène à {next}, qui n’est pas une page"
    )
}

/// A redirect to a page that was asked for before.
pub fn leads_to_known(status: u16, next: &str) -> Text {
    text!(
        "{status} leads to {next}, which this run has already asked for",
        "{status} mène à {next}, déjà demandée dans cette exécution"
    )
}

/// Redirects without an end.
pub fn many_redirects(max: u32) -> Text {
    text!("more than {max} redirects", "plus de {max} redirections")
}

/// A page that its host does not want visited.
pub fn blocked(url: &str) -> Text {
    text!(
        "{url}: robots.txt of its host does not allow the visit",
        "{url} : le robots.txt de l’hôte ne permet pas la visite"
    )
}

/// The sums of visits.
pub fn visits(visited: u64, failed: u64, blocked: u64) -> Text {
    text!(
        "{visited} visited, {failed} failed, {blocked} not allowed",
        "visitées : {visited}, échouées : {failed}, non permises : {blocked}"
    )
}
