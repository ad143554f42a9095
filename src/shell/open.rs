//! Opens files of the state directory: never by way of a link, never what is not a regular file, and never waiting for the
//! other end of a FIFO. Whoever plants a link or a device there gets an error, not a read or a write elsewhere.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
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
        // A socket, or the writing end of a FIFO that nobody reads.
        Some(rustix::io::Errno::NXIO) => not_a_file(),
        _ => error,
    }
}

fn not_a_file() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")
}
