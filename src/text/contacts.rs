//! What is wrong with an entry of an address book, a calendar, a sheet or a list of pages.

use crate::text::Text;

// Every kind of file

/// What stands for a mail address is none.
pub fn not_mail(email: &str) -> Text {
    text!(
        "{email:?} is not a mail address; write it as ana@example.org",
        "{email:?} n’est pas une adresse de courriel ; écrivez-la comme ana@example.org"
    )
}

/// A birthday that names no day.
pub fn not_a_day(text: &str) -> Text {
    text!(
        "{text:?} is not a whole day; write 1985-03-12, or --03-12 without the year",
        "{text:?} n’est pas un jour complet ; écrivez 1985-03-12, ou --03-12 sans l’année"
    )
}

/// No name.
pub fn no_name() -> Text {
    text!(
        "the entry has no name; give it one",
        "l’entrée n’a pas de nom ; donnez-lui en un"
    )
}

/// A name that would act in a terminal or in a mail header.
pub fn control_in_name() -> Text {
    text!(
        "the name holds a control character or a line break; remove it",
        "le nom contient un caractère de contrôle ou un saut de ligne ; retirez-le"
    )
}

/// A name that would act in a sheet.
pub fn formula_in_name() -> Text {
    text!(
        "the name begins like a formula of a sheet; remove the sign",
        "le nom commence comme une formule de tableur ; retirez le signe"
    )
}

/// A name that is longer than any.
pub fn long_name(chars_max: usize) -> Text {
    text!(
        "the name is longer than {chars_max} characters; shorten it, or close an open quote",
        "le nom dépasse {chars_max} caractères ; raccourcissez-le, ou fermez un guillemet"
    )
}

/// A file of a folder that cannot be read.
pub fn unreadable(error: &str) -> Text {
    text!(
        "the file cannot be read: {error}",
        "le fichier ne peut être lu : {error}"
    )
}

// Address books

/// Text between two entries.
pub fn outside_of_cards() -> Text {
    text!(
        "text outside of an entry; entries go from BEGIN:VCARD to END:VCARD",
        "texte hors de toute entrée ; une entrée va de BEGIN:VCARD à END:VCARD"
    )
}

/// An entry without its end.
pub fn unfinished_card() -> Text {
    text!(
        "the entry has no END:VCARD; it is left out",
        "l’entrée n’a pas de END:VCARD ; elle est laissée de côté"
    )
}

/// A line that is not a property.
pub fn not_a_property() -> Text {
    text!(
        "the line has no name and value; write it as NAME:value",
        "la ligne n’a pas de nom et de valeur ; écrivez-la NOM:valeur"
    )
}

/// Bytes that are not UTF-8.
pub fn card_not_utf8() -> Text {
    text!(
        "the line is not UTF-8; export the address book as UTF-8",
        "la ligne n’est pas en UTF-8 ; exportez le carnet d’adresses en UTF-8"
    )
}

/// A version of vCard that is too old.
pub fn old_card() -> Text {
    text!(
        "the entry is vCard 2.1; export it as 3.0 or 4.0",
        "l’entrée est en vCard 2.1 ; exportez-la en 3.0 ou 4.0"
    )
}

// Calendars

/// An event without its end.
pub fn unfinished_event() -> Text {
    text!(
        "the event has no END:VEVENT; it is left out",
        "l’événement n’a pas de END:VEVENT ; il est laissé de côté"
    )
}

/// Bytes that are not UTF-8.
pub fn event_not_utf8() -> Text {
    text!(
        "the line is not UTF-8; export the calendar as UTF-8",
        "la ligne n’est pas en UTF-8 ; exportez le calendrier en UTF-8"
    )
}

// Sheets and lists

/// A sheet without a column that is needed.
pub fn no_column(needed: &str) -> Text {
    text!(
        "the first row names no column `{needed}`; see docs/bots.md for the names",
        "la première ligne ne nomme aucune colonne `{needed}` ; les noms sont dans docs/bots.md"
    )
}

/// Bytes that are not UTF-8.
pub fn row_not_utf8() -> Text {
    text!(
        "the row is not UTF-8; save the sheet as CSV UTF-8",
        "la ligne n’est pas en UTF-8 ; enregistrez le tableau en CSV UTF-8"
    )
}

/// Bytes that are not UTF-8.
pub fn line_not_utf8() -> Text {
    text!(
        "the line is not UTF-8; fix it",
        "la ligne n’est pas en UTF-8 ; corrigez-la"
    )
}
