//! Who writes: the files that some process has open for writing, by the kernel's word. Asked where
//! no event reported a writer: before the watches were set, and where there are none.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt;

/// Descriptors that are looked at; after them the file system's clock must do.
const DESCRIPTORS_MAX: usize = 50_000;

/// Device and inode of every regular file open for writing in a process that this one may look
/// into.
pub fn written_files() -> HashSet<(u64, u64)> {
    let mut found = HashSet::new();
    let mut left = DESCRIPTORS_MAX;
    let own = std::process::id().to_string();
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let name = process.file_name();
        let is_process = name.as_encoded_bytes().iter().all(u8::is_ascii_digit);
        if !is_process || name == *own {
            continue;
        }
        let descriptors = fs::read_dir(process.path().join("fd"));
        for descriptor in descriptors.into_iter().flatten().flatten() {
            if left == 0 {
                return found;
            }
            left -= 1;
            let meta = fs::metadata(descriptor.path()).ok();
            if let Some(meta) = meta.filter(fs::Metadata::is_file)
                && is_writing(&process.path().join("fdinfo").join(descriptor.file_name()))
            {
                found.insert((meta.dev(), meta.ino()));
            }
        }
    }
    found
}

/// The access mode in the `flags:` line, which is octal: 0 is for reading alone.
fn is_writing(info: &std::path::Path) -> bool {
    let text = fs::read_to_string(info).unwrap_or_default();
    let flags = text.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
    flags.is_some_and(|flags| flags & 0o3 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file that another process only reads is not.
    #[test]
    fn only_files_open_for_writing_are_found() {
        let dir = tempfile::tempdir().expect("a scratch folder");
        let (written, read) = (dir.path().join("w"), dir.path().join("r"));
        fs::write(&read, "x").expect("written");
        let shell = format!(
            "exec 3>{} 4<{}; read line",
            written.display(),
            read.display()
        );
        let mut child = std::process::Command::new("sh")
            .args(["-c", &shell])
            .stdin(std::process::Stdio::piped())
            .spawn()
            .expect("sh");
        while !written.exists() {
            std::thread::yield_now();
        }
        let inode = |path| {
            let meta = fs::metadata(path).expect("it is there");
            (meta.dev(), meta.ino())
        };
        let found = written_files();
        assert!(found.contains(&inode(&written)) && !found.contains(&inode(&read)));
        drop(child.stdin.take());
        child.wait().expect("it ends");
    }
}
