//! Findings of time zones and clock changes.

use crate::text::findings::did_you_mean;
use crate::text::{Text, Words, guillemets, short};

/// A zone named by an abbreviation.
pub fn zone_abbreviation(name: &str, near: &str) -> Words {
    words!(
        "zone-abbreviation",
        "\"{name}\" is an abbreviation, not a place: it may have no summer time, or another rule \
         than people expect",
        "write the place: {near}",
        "\"{name}\" est une abréviation, pas un lieu : sans heure d’été peut-être, ou selon une \
         autre règle qu’attendu",
        "écrivez le lieu : {near}"
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

/// A name that is not a zone.
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
        "un changement d’heure de {zone} touche cette heure : elle {fr}",
        "rien n’est perdu ni doublé ; choisissez une autre heure, ou timezone: UTC, pour l’éviter"
    )
}

/// A zone left to the default.
pub fn implicit_timezone(zone: &str) -> Words {
    words!(
        "implicit-timezone",
        "no `timezone` is set: times are in {zone}",
        "write it, so that the next reader need not know the default: timezone: Europe/Paris",
        "aucun `timezone` : les heures sont en {zone}",
        "écrivez-le, pour que le prochain lecteur n’ait pas à connaître le défaut : timezone: \
         Europe/Paris"
    )
}

/// A zone that has other hours in the zone data that does not serve.
pub fn zone_data(zone: &str, from: &str) -> Words {
    words!(
        "zone-data",
        "the two copies of the zone data of this machine differ for {zone} from {from}",
        "`jobsd doctor` says which serves; bring the tzdata package up to date, because programs \
         read it",
        "les deux copies des données de fuseaux de cette machine diffèrent pour {zone} à partir de \
         {from}",
        "« jobsd doctor » dit laquelle sert ; mettez à jour le paquet tzdata, car les programmes \
         le lisent"
    )
}
