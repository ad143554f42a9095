//! Opens files of the state directory: never by way of a link, never what is not a regular file,
//! and never waiting for the other end of a FIFO. Whoever plants a link or a device there gets an
//! error, not a read or a write elsewhere.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;

/// Opens a file to be read.
///
/// # Errors
/// Those of the file system; `InvalidInput` for what is not a regular file.
pub fn read(path: &Path) -> io::Result<File> {
    with(OpenOptions::new().read(true), path)
}

/// Opens a file as these options say; one that is made is private (0600).
///
/// # Errors
/// Those of the file system; `InvalidInput` for what is not a regular file.
pub fn with(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let options = options.mode(0o600).custom_flags(flags.bits().cast_signed());
    let file = options.open(path).map_err(named)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(not_a_file())
    }
}

/// Opens a file that a setting or a job names and that may hold secrets. Links are followed where
/// no one else can have put them (a mounted ConfigMap is one); a daemon that runs as root reads
/// only what no one but root, or the user whom the file is for, can write.
///
/// # Errors
/// Those of the file system; `InvalidInput` for what is not a regular file; `PermissionDenied` with
/// the mode, the owner and the remedy.
pub fn named_by_setting(path: &Path, reader: Option<u32>) -> io::Result<File> {
    let own = rustix::process::geteuid().as_raw();
    let is_trusted = |uid: u32| uid == 0 || uid == own || Some(uid) == reader;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = fs::metadata(folder.unwrap_or(Path::new(".")))?;
    let is_ours =
        folder.mode() & 0o022 == 0 && matches!(folder.uid(), uid if uid == 0 || uid == own);
    let file = if is_ours {
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let mut options = OpenOptions::new();
        let options = options.read(true).custom_flags(flags.bits().cast_signed());
        options.open(path).map_err(named)?
    } else {
        read(path)?
    };
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(not_a_file());
    }
    let is_open = meta.mode() & 0o022 != 0 || !is_trusted(meta.uid());
    if own == 0 && is_open && !is_read_only(&file) {
        let text = format!(
            "others can write it (mode {:04o}, owner uid {}): chmod go-w it and chown it to root",
            meta.mode() & 0o7777,
            meta.uid()
        );
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, text));
    }
    Ok(file)
}

/// No one writes on a read-only file system (a mounted ConfigMap).
fn is_read_only(file: &File) -> bool {
    let flags = rustix::fs::fstatvfs(file).map(|stat| stat.f_flag);
    flags.is_ok_and(|flags| flags.contains(rustix::fs::StatVfsMountFlags::RDONLY))
}

/// A link is answered "too many links", which says nothing to whoever reads it.
fn named(error: io::Error) -> io::Error {
    let errno = error
        .raw_os_error()
        .map(rustix::io::Errno::from_raw_os_error);
    match errno {
        Some(rustix::io::Errno::LOOP) => io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is a symbolic link, which is not followed here",
        ),
        // A socket, or the writing end of a FIFO that no one reads.
        Some(rustix::io::Errno::NXIO) => not_a_file(),
        _ => error,
    }
}

fn not_a_file() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")
}

/// Makes a folder only its owner can enter, whatever the umask lets through.
///
/// # Errors
/// Those of the file system.
pub fn make_private_dir(dir: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::Path;

    use super::{named_by_setting, read};

    fn mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn refusal<T: std::fmt::Debug>(result: std::io::Result<T>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn links_folders_and_fifos_are_not_opened() {
        let dir = tempfile::tempdir().unwrap();
        let (file, link, fifo) = (
            dir.path().join("file"),
            dir.path().join("link"),
            dir.path().join("fifo"),
        );
        fs::write(&file, "text").unwrap();
        symlink(&file, &link).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&fifo).status();
        assert!(made.unwrap().success());
        assert!(read(&file).is_ok());
        assert!(refusal(read(&link)).contains("symbolic link"));
        assert!(refusal(read(&fifo)).contains("not a regular file"));
        assert!(refusal(read(dir.path())).contains("not a regular file"));
        assert!(refusal(named_by_setting(&fifo, None)).contains("not a regular file"));
    }

    /// A link of a config map is.
    #[test]
    fn links_in_folders_of_others_are_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("..2026_11_30");
        fs::create_dir(&data).unwrap();
        fs::write(data.join("token"), "secret").unwrap();
        symlink(&data, dir.path().join("..data")).unwrap();
        let token = dir.path().join("token");
        symlink("..data/token", &token).unwrap();
        mode(dir.path(), 0o755);
        assert!(named_by_setting(&token, None).is_ok());
        mode(dir.path(), 0o777);
        assert!(refusal(named_by_setting(&token, None)).contains("symbolic link"));
        mode(dir.path(), 0o755);
    }

    #[test]
    fn root_reads_no_secret_that_others_can_write() {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("env");
        fs::write(&file, "A=1").unwrap();
        mode(&file, 0o666);
        assert!(refusal(named_by_setting(&file, None)).contains("mode 0666"));
        mode(&file, 0o600);
        std::os::unix::fs::chown(&file, Some(65_534), None).unwrap();
        assert!(refusal(named_by_setting(&file, None)).contains("owner uid 65534"));
        assert!(named_by_setting(&file, Some(65_534)).is_ok());
    }
}
