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
        "{text:?} is not a day that can be read; write 1985-03-12, or --03-12 without the year",
        "{text:?} n’est pas un jour lisible ; écrivez 1985-03-12, ou --03-12 sans l’année"
    )
}

/// A birthday that names two days.
pub fn two_days(text: &str) -> Text {
    text!(
        "{text:?} can be two days; write 1985-03-12, or set `date_order: dmy` (day first) or \
         `date_order: mdy` (month first) in bot_config",
        "{text:?} peut désigner deux jours ; écrivez 1985-03-12, ou mettez `date_order: dmy` \
         (jour d’abord) ou `date_order: mdy` (mois d’abord) dans bot_config"
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
pub fn unreadable(Text { en, fr }: &Text) -> Text {
    text!(
        "the file cannot be read: {en}",
        "le fichier ne peut être lu : {fr}"
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

/// An entry with a birthday that is of nobody.
pub fn no_person() -> Text {
    text!(
        "the entry is an organisation, a group or a place; it is not greeted",
        "l’entrée est une organisation, un groupe ou un lieu ; aucun message ne lui est envoyé"
    )
}

/// A day of another calendar.
pub fn other_calendar(scale: &str) -> Text {
    text!(
        "the calendar is {scale:?}, and only Gregorian dates are read; add the Gregorian date",
        "le calendrier est {scale:?}, or seules les dates grégoriennes sont lues ; ajoutez la \
         date grégorienne"
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

/// A file without a calendar.
pub fn no_calendar() -> Text {
    text!(
        "there is no calendar in the file (no BEGIN:VCALENDAR); export it again",
        "le fichier ne contient pas de calendrier (pas de BEGIN:VCALENDAR) ; exportez-le à nouveau"
    )
}

/// An event that is another day than a birthday.
pub fn other_day(summary: &str) -> Text {
    text!(
        "{summary:?} is not a birthday; it is not greeted",
        "{summary:?} n’est pas un anniversaire de naissance ; il est laissé de côté"
    )
}

/// Events that name no birthday and do not come back each year.
pub fn other_events(count: usize) -> Text {
    if count == 1 {
        return text!(
            "1 event, here, names no birthday and does not come back each year; it is not read",
            "1 événement, ici, ne nomme aucun anniversaire et ne revient pas chaque année ; il \
             n’est pas lu"
        );
    }
    text!(
        "{count} events, the first one here, name no birthday and do not come back each year; \
         they are not read",
        "{count} événements, dont voici le premier, ne nomment aucun anniversaire et ne \
         reviennent pas chaque année ; ils ne sont pas lus"
    )
}

/// A birthday without its day.
pub fn no_start() -> Text {
    text!(
        "the birthday has no DTSTART; add its day",
        "l’anniversaire n’a pas de DTSTART ; ajoutez son jour"
    )
}

/// A rule of a birthday that is not read exactly.
pub fn unread_rule(part: &str) -> Text {
    text!(
        "{part:?} is not read, so the birthday is left out; FREQ=YEARLY and FREQ=MONTHLY are, \
         with INTERVAL, COUNT, UNTIL, BYMONTH, BYMONTHDAY, BYDAY and BYSETPOS",
        "{part:?} n’est pas lu, l’anniversaire est donc laissé de côté ; FREQ=YEARLY et \
         FREQ=MONTHLY le sont, avec INTERVAL, COUNT, UNTIL, BYMONTH, BYMONTHDAY, BYDAY et BYSETPOS"
    )
}

// Sheets and lists

/// A sheet without a column that is needed, and the columns that it has.
pub fn no_column(needed: &str, found: &str) -> Text {
    text!(
        "no column is named `{needed}` in the first row, which has {found}; name it so (other \
         names: docs/bots.md)",
        "aucune colonne ne s’appelle `{needed}` dans la première ligne, qui contient {found} ; \
         nommez-la ainsi (autres noms : docs/bots.md)"
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
