//! How much memory a daemon keeps: it lives for months, and what its start, one page or one reload
//! took for a moment must not stay its own.

use std::ffi::c_void;

/// Arenas of the allocator: each keeps its own free memory, and by default there are eight per
/// processor.
#[cfg(target_env = "gnu")]
const ARENAS: libc::c_int = 2;
/// Blocks from this size on are mapped and given back at once; by default the bound rises to 32 MiB
/// with the first large one.
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
        // SAFETY: mallopt(3) takes two numbers and touches no memory of ours; a number that it does
        // not know changes nothing.
        let _ = unsafe { libc::mallopt(what, value) };
    }
}

/// Gives the system back what is free, and the pages of code: the few that are needed again come
/// back from the page cache one by one, the many that only reading ten thousand files needed stay
/// away.
pub fn give_back() {
    // SAFETY: malloc_trim(3) touches only what is free.
    #[cfg(target_env = "gnu")]
    let _ = unsafe { libc::malloc_trim(0) };
    // SAFETY: the callback has the form that dl_iterate_phdr(3) asks for and keeps nothing of what
    // it is given.
    let _ = unsafe { libc::dl_iterate_phdr(Some(forget_code), std::ptr::null_mut()) };
}

/// Forgets the pages of what no one writes: loaded segments without write permission, which are the
/// file's very bytes (relocations stand in segments that are written, also where they are closed to
/// writing later).
unsafe extern "C" fn forget_code(
    object: *mut libc::dl_phdr_info,
    _size: usize,
    _data: *mut c_void,
) -> libc::c_int {
    // SAFETY: the loader gives a whole description of an object that stays loaded.
    let (base, headers) = unsafe {
        let object = &*object;
        let count = usize::from(object.dlpi_phnum);
        (
            object.dlpi_addr as usize,
            std::slice::from_raw_parts(object.dlpi_phdr, count),
        )
    };
    let page = rustix::param::page_size();
    let fixed = headers
        .iter()
        .filter(|header| header.p_type == libc::PT_LOAD && header.p_flags & libc::PF_W == 0);
    for header in fixed {
        let start = base + header.p_vaddr as usize;
        // Whole pages alone: what shares a page with another segment stays.
        let first = start.next_multiple_of(page);
        let end = (start + header.p_memsz as usize) / page * page;
        if first < end {
            // SAFETY: the range is mapped from a file, private and never written: a page that is
            // dropped comes back the same.
            let _ =
                unsafe { libc::madvise(first as *mut c_void, end - first, libc::MADV_DONTNEED) };
        }
    }
    0
}
