//! What a run wrote, piece by piece while it grows: from the files of this machine, or from a
//! server.

use std::path::Path;

use crate::commands::absence::Absence;
use crate::commands::exit::Failure;
use crate::commands::online;
use crate::commands::output_files::Reader;
use crate::commands::records::Records;
use crate::model::run_id::RunId;
use crate::shell::control::remote::Remote;

/// Looks that pass until a server is asked again: a second.
const LOOKS_UNASKED: u32 = 10;

/// What a run wrote.
pub(super) enum Written<'a> {
    /// Here, and whether its daemon is still there.
    Here(Reader, Absence),
    /// On a server, from a byte on.
    There(Remains<'a>),
}

/// What a server has not given yet.
pub(super) struct Remains<'a> {
    remote: &'a Remote,
    id: RunId,
    from: u64,
    has_begun: bool,
}

impl<'a> Written<'a> {
    /// From its beginning.
    pub(super) fn by(id: RunId, records: &Records<'a>) -> Written<'a> {
        match records {
            Records::Here(_, state) => Written::here(id, state),
            Records::There(remote) => Written::There(Remains {
                remote,
                id,
                from: 0,
                has_begun: false,
            }),
        }
    }

    fn here(id: RunId, state: &Path) -> Written<'a> {
        Written::Here(Reader::new(state, id), Absence::of(state))
    }

    /// Further bytes; `None` when there are none now.
    pub(super) fn read(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let remains = match self {
            Written::Here(reader, _) => return Ok(reader.read()?),
            Written::There(remains) => remains,
        };
        let found = remains.remote.output(remains.id, remains.from);
        let Some(bytes) = found.map_err(online::of_remote)? else {
            return Ok(None);
        };
        remains.has_begun = true;
        remains.from += bytes.len() as u64;
        Ok((!bytes.is_empty()).then_some(bytes))
    }

    /// Whether nothing is kept of it.
    pub(super) fn is_missing(&self) -> bool {
        match self {
            Written::Here(reader, _) => reader.is_missing(),
            Written::There(remains) => !remains.has_begun,
        }
    }

    /// Whether the daemon that writes it is gone for good; a server that is gone is a failure of
    /// [`Written::read`].
    pub(super) fn is_abandoned(&mut self) -> bool {
        match self {
            Written::Here(_, absence) => absence.is_sure(),
            Written::There(_) => false,
        }
    }

    /// Rests until the next look.
    pub(super) fn rest(&self) {
        let looks = match self {
            Written::Here(..) => 1,
            Written::There(_) => LOOKS_UNASKED,
        };
        (0..looks).for_each(|_| Absence::rest());
    }
}
