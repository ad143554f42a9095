//! A cgroup (v2) per run, where this daemon may make one: what stays in it cannot hide, whatever it
//! forks or calls itself, and one write ends it all. Beside the tree walk, never instead of it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::model::program::Limits;
use crate::model::run_id::RunId;

/// Where runs get their cgroups.
#[derive(Clone, Debug)]
pub struct Cgroups {
    root: PathBuf,
}

/// The cgroup of a run; removed when it is empty and this is dropped.
#[derive(Debug)]
pub struct Group {
    dir: PathBuf,
}

impl Cgroups {
    /// Looks for a cgroup of this process below which it may make others.
    ///
    /// # Errors
    /// Why there is none, in words for `status`.
    pub fn find(state_dir: &Path) -> Result<Cgroups, String> {
        let read = |path: &str| fs::read_to_string(path).map_err(|e| format!("{path}: {e}"));
        let mounts = read("/proc/self/mountinfo")?;
        let mount = mounts
            .lines()
            .find_map(cgroup2_mount)
            .ok_or("no cgroup v2 is mounted")?;
        let own = read("/proc/self/cgroup")?;
        let own = own
            .lines()
            .find_map(|line| line.strip_prefix("0::/"))
            .ok_or("this process is in no cgroup v2")?;
        let digest = Sha256::digest(state_dir.as_os_str().as_encoded_bytes());
        let name = format!(
            "jobsd-{:02x}{:02x}{:02x}{:02x}",
            digest[0], digest[1], digest[2], digest[3]
        );
        let root = Path::new(&mount).join(own).join(name);
        let refuse = |error: io::Error| format!("{} cannot be used: {error}", root.display());
        match fs::create_dir(&root) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(refuse(error));
            }
            _ => {}
        }
        rustix::fs::access(root.join("cgroup.procs"), rustix::fs::Access::WRITE_OK)
            .and_then(|()| {
                rustix::fs::access(root.join("cgroup.kill"), rustix::fs::Access::WRITE_OK)
            })
            .map_err(|errno| refuse(errno.into()))?;
        Ok(Cgroups { root })
    }

    /// The cgroup that those of the runs are in.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Moves a process into the cgroup of a run, which is made when it is missing; limits hold for
    /// all of it together.
    ///
    /// # Errors
    /// Those of the file system; the tree walk serves all the same.
    pub fn enter(&self, run_id: RunId, pid: u32, limits: &Limits) -> io::Result<Group> {
        let group = self.of(run_id);
        match fs::create_dir(&group.dir) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        for (file, limit) in [
            ("memory.max", limits.memory_bytes),
            ("pids.max", limits.processes),
        ] {
            if let Some(limit) = limit {
                // Where the controller is not handed down there is no such file; the rlimit holds
                // either way.
                let _ = fs::write(group.dir.join(file), limit.to_string());
            }
        }
        fs::write(group.dir.join("cgroup.procs"), pid.to_string())?;
        Ok(group)
    }

    /// The cgroup of a run, whether it exists or not.
    pub fn of(&self, run_id: RunId) -> Group {
        Group {
            dir: self.root.join(run_id.to_string()),
        }
    }

    /// Removes the cgroups of runs that are over, and the one that they are in; tells whether
    /// nothing is left.
    pub fn remove(&self) -> bool {
        let entries = fs::read_dir(&self.root).into_iter().flatten().flatten();
        for run_id in entries.filter_map(|entry| RunId::parse(entry.file_name().to_str()?)) {
            drop(self.of(run_id));
        }
        match fs::remove_dir(&self.root) {
            Ok(()) => true,
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
    }

    /// The runs of a former daemon whose cgroup holds processes; empty ones are removed.
    pub fn occupied(&self) -> Vec<RunId> {
        let entries = fs::read_dir(&self.root).into_iter().flatten().flatten();
        entries
            .filter_map(|entry| RunId::parse(entry.file_name().to_str()?))
            .filter(|run_id| !self.of(*run_id).members().is_empty())
            .collect()
    }
}

impl Group {
    /// The living processes in it.
    pub fn members(&self) -> Vec<u32> {
        let text = fs::read_to_string(self.dir.join("cgroup.procs")).unwrap_or_default();
        text.lines().filter_map(|line| line.parse().ok()).collect()
    }

    /// KILL for every process in it, at once.
    pub fn kill(&self) {
        // Where it does not exist there is nothing to end; the tree walk finds what is left.
        let _ = fs::write(self.dir.join("cgroup.kill"), "1");
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // One that still holds a process stays, and is found by the next daemon.
        let _ = fs::remove_dir(&self.dir);
    }
}

/// The mount point of a cgroup2 line of proc_pid_mountinfo(5).
fn cgroup2_mount(line: &str) -> Option<String> {
    let (before, after) = line.split_once(" - ")?;
    let mount = before.split(' ').nth(4)?;
    after
        .starts_with("cgroup2 ")
        .then(|| mount.replace("\\040", " "))
}
