//! What keeps edits or their commits from being seen, and that nothing else would tell: a file that
//! is mounted by itself, and a tree of another owner, of which git says nothing.

use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::shell::disk::is_job_name;
use crate::shell::git::Repository;
use crate::view::answer::status::{Notice, NoticeKind};

/// All of them for a folder of job files and the settings; `git_is_silent` when git knows no commit
/// of the folder.
pub fn of(jobs: &Path, config: &Path, git_is_silent: bool) -> Vec<Notice> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let (jobs, config) = (real(jobs), real(config));
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let files = mounted(&mounts, &jobs, &config);
    let files = files.into_iter().filter(|path| path.is_file());
    let mut notices: Vec<Notice> = files
        .map(|path| notice(NoticeKind::MountedFile, &path))
        .collect();
    let repository = Repository::around(&jobs).filter(|_| git_is_silent);
    if let Some(top) = repository.map(|repository| repository.top)
        && fs::metadata(&top).is_ok_and(|meta| meta.uid() != rustix::process::geteuid().as_raw())
    {
        notices.push(notice(NoticeKind::OtherOwner, &top));
    }
    notices
}

fn notice(kind: NoticeKind, path: &Path) -> Notice {
    let path = path.to_string_lossy().into_owned();
    Notice { kind, path }
}

/// The mount points (proc(5), field 5 of a line) that are job files below the folder, or the
/// settings.
fn mounted(mountinfo: &str, jobs: &Path, config: &Path) -> Vec<PathBuf> {
    let points = mountinfo.lines().filter_map(|line| line.split(' ').nth(4));
    let mut found: Vec<PathBuf> = points
        .map(unescaped)
        .filter(|point| {
            let is_job = point.starts_with(jobs) && point.file_name().is_some_and(is_job_name);
            is_job && point != jobs || point == config
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

/// A path of mountinfo: space, tab, newline and backslash are three octal digits after a backslash.
fn unescaped(text: &str) -> PathBuf {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, more)) = rest.split_first() {
        let digits = more
            .get(..3)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        let code = digits.and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match code.filter(|_| first == b'\\') {
            Some(byte) => {
                bytes.push(byte);
                rest = &more[3..];
            }
            None => {
                bytes.push(first);
                rest = more;
            }
        }
    }
    std::ffi::OsString::from_vec(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_mounted_by_themselves_are_found() {
        let text = "22 1 0:20 / / rw - overlay overlay rw\n\
                    30 22 8:1 /a /srv/jobs.d rw - ext4 /dev/sda rw\n\
                    31 30 8:1 /b /srv/jobs.d/a.yaml rw - ext4 /dev/sda rw\n\
                    32 30 8:1 /c /srv/jobs.d/sub/my\\040job.yml rw - ext4 /dev/sda rw\n\
                    33 30 8:1 /d /srv/jobs.d/data.txt rw - ext4 /dev/sda rw\n\
                    34 22 8:1 /e /etc/jobsd.yaml rw - ext4 /dev/sda rw\n\
                    35 22 8:1 /f /etc/other.yaml rw - ext4 /dev/sda rw\n";
        let found = mounted(text, Path::new("/srv/jobs.d"), Path::new("/etc/jobsd.yaml"));
        let wanted = [
            "/etc/jobsd.yaml",
            "/srv/jobs.d/a.yaml",
            "/srv/jobs.d/sub/my job.yml",
        ];
        assert_eq!(found, wanted.map(PathBuf::from));
    }
}
