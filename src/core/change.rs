//! What differs between two job sets: the one rule of adoption and of `jobsd diff`, so that the
//! command says what the daemon will do.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use crate::model::digest::Digest;
use crate::model::event::Renamed;
use crate::model::job::JobId;

/// What differs between the jobs in force and a job set. Each list is in the order of ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Only in the new set.
    pub added: Vec<JobId>,
    /// In both, and not the same.
    pub changed: Vec<JobId>,
    /// Only in the old set.
    pub removed: Vec<JobId>,
    /// The same definition under another id; in neither `added` nor `removed`.
    pub renamed: Vec<Renamed>,
}

/// Compares the jobs in force with a job set, both by id. The old digest is `None` where the
/// definition is not known: whatever has that id now is new. `differs` judges a job that both have.
pub fn difference(
    old: &BTreeMap<&JobId, Option<Digest>>,
    new: &BTreeMap<&JobId, Digest>,
    differs: impl Fn(&JobId) -> bool,
) -> Difference {
    let mut difference = Difference::default();
    for id in new.keys().copied() {
        match old.get(id) {
            None | Some(None) => difference.added.push(id.clone()),
            Some(Some(_)) if differs(id) => difference.changed.push(id.clone()),
            Some(Some(_)) => {}
        }
    }
    let gone = old.keys().filter(|id| !new.contains_key(**id));
    difference.removed = gone.map(|id| (*id).clone()).collect();
    difference.pair_renames(
        |id| old.get(id).copied().flatten(),
        |id| new.get(id).copied(),
    );
    difference
}

/// Most jobs that are gone, and that are new, among which those alike are looked for (A11).
const ALIKE_MAX: usize = 50;

/// By what people would take a new job for one that is gone: its name, and what it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Likeness {
    name: Option<Value>,
    runs: [Option<Value>; 2],
}

impl Likeness {
    /// That of an effective definition.
    pub fn of(definition: &Value) -> Likeness {
        Likeness {
            name: definition.get("name").cloned(),
            runs: ["bot_type", "bot_config"].map(|key| definition.get(key).cloned()),
        }
    }

    fn is_like(&self, other: &Likeness) -> bool {
        self.name == other.name || self.runs == other.runs
    }
}

impl Difference {
    /// Jobs that are gone and new ones that are probably meant as the same, and are no rename, for
    /// more than the id differs.
    pub fn alike(
        &self,
        old: impl Fn(&JobId) -> Option<Likeness>,
        new: impl Fn(&JobId) -> Option<Likeness>,
    ) -> Vec<Renamed> {
        if self.removed.len() > ALIKE_MAX || self.added.len() > ALIKE_MAX {
            return Vec::new();
        }
        let mut fresh: Vec<(&JobId, Likeness)> = Vec::new();
        if !self.removed.is_empty() {
            fresh.extend(self.added.iter().filter_map(|id| Some((id, new(id)?))));
        }
        let mut pairs = Vec::new();
        for from in &self.removed {
            let gone = old(from);
            let is_like =
                |(_, it): &(&JobId, Likeness)| gone.as_ref().is_some_and(|g| g.is_like(it));
            if let Some(place) = fresh.iter().position(is_like) {
                let (from, to) = (from.clone(), fresh.remove(place).0.clone());
                pairs.push(Renamed { from, to });
            }
        }
        pairs
    }

    /// A job that is gone and one that is new are a rename when they have the same definition and
    /// nobody else has it.
    fn pair_renames(
        &mut self,
        old: impl Fn(&JobId) -> Option<Digest>,
        new: impl Fn(&JobId) -> Option<Digest>,
    ) {
        if self.removed.is_empty() || self.added.is_empty() {
            return;
        }
        let (gone, fresh) = (by_digest(&self.removed, old), by_digest(&self.added, new));
        let mut renamed: Vec<Renamed> = Vec::new();
        for (digest, from) in &gone {
            if let ([from], Some([to])) = (&from[..], fresh.get(digest).map(Vec::as_slice)) {
                let (from, to) = ((*from).clone(), (*to).clone());
                renamed.push(Renamed { from, to });
            }
        }
        renamed.sort_by(|a, b| a.from.cmp(&b.from));
        let from: BTreeSet<&JobId> = renamed.iter().map(|pair| &pair.from).collect();
        let to: BTreeSet<&JobId> = renamed.iter().map(|pair| &pair.to).collect();
        self.removed.retain(|id| !from.contains(id));
        self.added.retain(|id| !to.contains(id));
        self.renamed = renamed;
    }
}

fn by_digest(
    ids: &[JobId],
    digest: impl Fn(&JobId) -> Option<Digest>,
) -> HashMap<Digest, Vec<&JobId>> {
    let mut found: HashMap<Digest, Vec<&JobId>> = HashMap::new();
    for id in ids {
        if let Some(digest) = digest(id) {
            found.entry(digest).or_default().push(id);
        }
    }
    found
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    /// "a1 b2" is a job `a` with the digest 1 and a job `b` with the digest 2; "c?" one whose
    /// definition is not known.
    fn side(text: &str) -> Vec<(JobId, Option<Digest>)> {
        let job = |word: &str| {
            let (id, digest) = word.split_at(1);
            let digest = digest.parse().ok().map(|byte| Digest::new([byte; 32]));
            (JobId::new(id).unwrap(), digest)
        };
        text.split_whitespace().map(job).collect()
    }

    fn told(old: &str, new: &str) -> String {
        let (old, new) = (side(old), side(new));
        let old: BTreeMap<_, _> = old.iter().map(|(id, digest)| (id, *digest)).collect();
        let new: BTreeMap<_, _> = new.iter().map(|(id, d)| (id, d.unwrap())).collect();
        let found = difference(&old, &new, |id| old[id] != Some(new[id]));
        let list = |sign, ids: &[JobId]| ids.iter().map(|id| format!("{sign}{id}")).collect();
        let mut words: Vec<String> = list('+', &found.added);
        words.extend::<Vec<String>>(list('~', &found.changed));
        words.extend::<Vec<String>>(list('-', &found.removed));
        let renamed = found.renamed.iter();
        words.extend(renamed.map(|pair| format!("{}>{}", pair.from, pair.to)));
        words.join(" ")
    }

    #[test]
    fn a_rename_is_unique_on_both_sides() {
        assert_eq!(told("a1 b2 c3", "a1 b4 d5"), "+d ~b -c");
        assert_eq!(told("a1", "b1"), "a>b");
        assert_eq!(told("a1 c2", "b2 d1"), "a>d c>b");
        assert_eq!(told("a1 b1", "c1"), "+c -a -b", "two are gone");
        assert_eq!(told("a1", "b1 c1"), "+b +c -a", "two are new");
        assert_eq!(told("a1 b1", "b1 c1"), "a>c", "one of them stays");
        assert_eq!(told("a? b?", "a1 c2"), "+a +c -b", "nothing is known");
    }

    #[test]
    fn a_renamed_and_edited_job_is_told_as_alike() {
        let job = |name: &str, command: &str| {
            let definition = serde_json::json!({"name": name, "bot_type": "command",
                "bot_config": {"command": [command]}});
            Some(Likeness::of(&definition))
        };
        let id = |text: &str| JobId::new(text).unwrap();
        let difference = Difference {
            removed: ["a", "b", "c"].map(id).to_vec(),
            added: ["x", "y", "z"].map(id).to_vec(),
            ..Difference::default()
        };
        let pairs = difference.alike(
            |id| match id.as_str() {
                "a" => job("Backup", "old"),
                "b" => job("Sync", "rsync"),
                _ => job("Other", "true"),
            },
            |id| match id.as_str() {
                "x" => job("Mirror", "rsync"),
                "y" => job("Backup", "new"),
                _ => job("New", "false"),
            },
        );
        let told: Vec<String> = pairs
            .iter()
            .map(|it| format!("{}>{}", it.from, it.to))
            .collect();
        assert_eq!(told, ["a>y", "b>x"]);
    }
}
