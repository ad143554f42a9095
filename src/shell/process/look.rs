//! All processes at one moment, and which of them belong to a run: by its marker, by the group and
//! session that its program leads, by descent, and by cgroup where there is one.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Instant;

use crate::model::run_id::RunId;
use crate::shell::process::cgroup::Group;
use crate::shell::process::proc::Process;

/// All processes at one moment.
#[derive(Debug)]
pub struct Look {
    pub(super) begun: Instant,
    /// The group of this process and of what it starts for itself.
    pub(super) own_group: u32,
    pub(super) processes: Vec<Process>,
    pub(super) runs: HashMap<u32, RunId>,
}

/// Whose processes are meant.
#[derive(Clone, Copy, Debug)]
pub struct Who<'a> {
    /// The run.
    pub run_id: RunId,
    /// The program of the attempt, where this daemon started it; it leads a process group.
    pub leader: Option<Leader>,
    /// Its cgroup, where there is one.
    pub cgroup: Option<&'a Group>,
}

/// The program of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leader {
    /// Its process id.
    pub pid: u32,
    /// Whether it was waited for: its id may belong to another process by now.
    pub is_reaped: bool,
}

impl Look {
    /// The runs that have processes.
    pub fn runs(&self) -> BTreeSet<RunId> {
        self.runs.values().copied().collect()
    }

    /// The living processes of a run.
    pub fn members(&self, who: Who<'_>) -> Vec<Process> {
        let listed = who.cgroup.map(Group::members).unwrap_or_default();
        let mut found: HashSet<u32> = listed.into_iter().collect();
        let is_there = |pid: u32| self.processes.iter().any(|process| process.pid == pid);
        let leader = who
            .leader
            .filter(|leader| !(leader.is_reaped && is_there(leader.pid)))
            .map(|leader| leader.pid);
        let leads = |process: &&Process| {
            leader.is_some_and(|pid| [process.pid, process.group, process.session].contains(&pid))
        };
        found.extend(self.processes.iter().filter(leads).map(|p| p.pid));
        let marked = self.runs.iter().filter(|(_, run)| **run == who.run_id);
        found.extend(marked.map(|(pid, _)| *pid));
        // A parent comes before its children in most lists, not in all; and who is in a group with
        // one of them was forked by one of them.
        loop {
            let groups: HashSet<u32> = self
                .processes
                .iter()
                .filter(|process| found.contains(&process.pid) && process.group != self.own_group)
                .map(|process| process.group)
                .collect();
            let grown = self.processes.iter().filter(|process| {
                found.contains(&process.parent) || groups.contains(&process.group)
            });
            let more: Vec<u32> = grown
                .map(|process| process.pid)
                .filter(|pid| !found.contains(pid))
                .collect();
            if more.is_empty() {
                break;
            }
            found.extend(more);
        }
        let alive = |process: &&Process| !process.is_zombie && found.contains(&process.pid);
        self.processes.iter().filter(alive).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::clock::monotonic;

    fn process(pid: u32, parent: u32, group: u32, session: u32) -> Process {
        Process {
            pid,
            parent,
            group,
            session,
            started: u64::from(pid),
            is_zombie: false,
            flags: 0,
        }
    }

    #[test]
    fn a_tree_holds_group_session_marked_and_descendants() {
        let run_id = RunId::from_uuid(uuid::Uuid::from_u128(1));
        let other = RunId::from_uuid(uuid::Uuid::from_u128(2));
        let look = Look {
            begun: monotonic(),
            own_group: 5,
            processes: vec![
                process(19, 12, 19, 19), // grandchild of a marked one, before its parent
                process(10, 5, 10, 5),   // the leader
                process(11, 1, 10, 5),   // its group
                process(12, 1, 12, 12),  // marked, in a session of its own
                process(13, 1, 12, 12),  // without a marker, in the group of that one
                process(15, 1, 15, 15),  // marked by another run
                process(17, 1, 5, 5),    // what the daemon started for itself
                process(16, 1, 16, 16),  // a stranger
            ],
            runs: HashMap::from([(12, run_id), (15, other)]),
        };
        let who = Who {
            run_id,
            leader: Some(Leader {
                pid: 10,
                is_reaped: false,
            }),
            cgroup: None,
        };
        let found: Vec<u32> = look.members(who).iter().map(|p| p.pid).collect();
        assert_eq!(found, [19, 10, 11, 12, 13]);
        let reused = Who {
            leader: Some(Leader {
                pid: 10,
                is_reaped: true,
            }),
            ..who
        };
        let found: Vec<u32> = look.members(reused).iter().map(|p| p.pid).collect();
        assert_eq!(
            found,
            [19, 12, 13],
            "an id that was taken over by a stranger"
        );
    }
}
