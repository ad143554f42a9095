//! How the allocator keeps what is free: a daemon lives for months, and what one page or one reload took for a moment must
//! not stay its own.

/// Arenas of the allocator: each keeps its own free memory, and by default there are eight per processor.
#[cfg(target_env = "gnu")]
const ARENAS: libc::c_int = 2;
/// Blocks from this size on are mapped and given back at once; by default the bound rises to 32 MiB with the first large one.
#[cfg(target_env = "gnu")]
const MAPPED_BYTES_MIN: libc::c_int = 256 << 10;

/// Sets both, before the first thread is made. Elsewhere than with glibc nothing is to be set.
pub fn keep_little() {
    #[cfg(target_env = "gnu")]
    for (what, value) in [
        (libc::M_ARENA_MAX, ARENAS),
        (libc::M_MMAP_THRESHOLD, MAPPED_BYTES_MIN),
        (libc::M_TRIM_THRESHOLD, MAPPED_BYTES_MIN),
    ] {
        // SAFETY: mallopt(3) takes two numbers and touches no memory of ours; a number that it does not know changes nothing.
        let _ = unsafe { libc::mallopt(what, value) };
    }
}
