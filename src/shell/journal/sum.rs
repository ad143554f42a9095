//! Sums that tell one text, or one file, from another.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// Of a segment's last bytes, to tell that the file below it is another one.
const FINGERPRINT_BYTES: u64 = 256;

/// A number for a text, the same in every version.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let step = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

/// A sum of the last bytes of a file before a place.
pub(crate) fn fingerprint(file: &File, end: u64) -> io::Result<u64> {
    let length = FINGERPRINT_BYTES.min(end);
    let mut bytes = vec![0; length as usize];
    file.read_exact_at(&mut bytes, end - length)?;
    Ok(hash(&bytes))
}
