//! The kept output of a run, whole or a range of it, as plain text.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use crate::model::run_id::RunId;
use crate::shell::http::answer::{broken_off, detail, no_run, unreadable};
use crate::shell::http::route::{Also, Answer, Doc};
use crate::shell::http::runs::sought;
use crate::shell::http::site::Site;
use crate::shell::open;
use crate::text::http as words;

/// Read at once.
const CHUNK_BYTES: u64 = 64 << 10;

/// `/scheduler/runs/{id}/output`
pub const SHOW: Doc = Doc {
    summary: "The kept output of a run",
    answer: Answer::Text("text/plain"),
    query: &[],
    also: &[
        Also::Same(206, "A range of it"),
        Also::Refusal(416, "No such range"),
    ],
};

/// `GET /scheduler/runs/{id}/output`
pub async fn show(
    State(site): State<Site>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let run_id = match RunId::parse(&id) {
        Some(run_id) => run_id,
        None => match sought(&site, &id).await {
            Ok(record) => record.id,
            Err(refused) => return refused,
        },
    };
    let path = site.state_dir.join("output").join(format!("{run_id}.log"));
    let history = site.history.clone();
    let look = move || match open::read(&path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        // A run without output has no file.
        Err(_) => Ok(history
            .run(run_id)?
            .filter(|run| run.output_bytes == 0)
            .map(|_| File::open("/dev/null"))
            .transpose()?),
    };
    let file = match tokio::task::spawn_blocking(look).await {
        Ok(Ok(Some(file))) => file,
        Ok(Ok(None)) => return no_run(&id),
        Ok(Err(error)) => return unreadable(&error),
        Err(error) => return broken_off(&error),
    };
    answer(file, &headers).unwrap_or_else(|error| unreadable(&error))
}

fn answer(file: File, headers: &HeaderMap) -> io::Result<Response> {
    let meta = file.metadata()?;
    let length = if meta.is_file() { meta.len() } else { 0 };
    let tag = format!(
        "W/\"{:x}-{:x}{:x}\"",
        length,
        meta.mtime(),
        meta.mtime_nsec()
    );
    let known = headers.get(header::IF_NONE_MATCH);
    let is_known = known.and_then(|value| value.to_str().ok()) == Some(tag.as_str());
    let fixed = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::ETAG, tag),
    ];
    if is_known {
        return Ok((StatusCode::NOT_MODIFIED, fixed).into_response());
    }
    let asked = headers
        .get(header::RANGE)
        .and_then(|value| value.to_str().ok());
    // A range of something else is no use to whoever asks for one of this.
    let asked = asked.filter(|_| !headers.contains_key(header::IF_RANGE));
    match asked.map_or(Wanted::All, |text| Wanted::parse(text, length)) {
        Wanted::All => Ok((fixed, body(file, 0, length)?).into_response()),
        Wanted::Part(first, last) => {
            let range = format!("bytes {first}-{last}/{length}");
            let range = [(header::CONTENT_RANGE, range)];
            let body = body(file, first, last - first + 1)?;
            Ok((StatusCode::PARTIAL_CONTENT, fixed, range, body).into_response())
        }
        Wanted::Nothing => {
            let range = [(header::CONTENT_RANGE, format!("bytes */{length}"))];
            let text = words::no_range(length);
            let refused = detail(StatusCode::RANGE_NOT_SATISFIABLE, text);
            Ok((range, refused).into_response())
        }
    }
}

/// What a `Range` header asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    All,
    /// First and last byte.
    Part(u64, u64),
    /// Nothing that is there.
    Nothing,
}

impl Wanted {
    /// One range of bytes; a header in another form is as if it were not there (RFC 9110, section
    /// 14.2).
    fn parse(text: &str, length: u64) -> Wanted {
        let number = |text: &str| {
            let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            is_number.then(|| text.parse::<u64>().unwrap_or(u64::MAX))
        };
        let Some((from, to)) = text.strip_prefix("bytes=").and_then(|t| t.split_once('-')) else {
            return Wanted::All;
        };
        match (number(from.trim()), number(to.trim())) {
            (Some(first), _) if first >= length && (to.is_empty() || number(to).is_some()) => {
                Wanted::Nothing
            }
            (Some(first), Some(last)) if last >= first => Wanted::Part(first, last.min(length - 1)),
            (Some(first), None) if to.is_empty() => Wanted::Part(first, length - 1),
            (None, Some(0)) if from.is_empty() => Wanted::Nothing,
            (None, Some(_)) if from.is_empty() && length == 0 => Wanted::Nothing,
            (None, Some(n)) if from.is_empty() => {
                Wanted::Part(length.saturating_sub(n), length - 1)
            }
            _ => Wanted::All,
        }
    }
}

/// A part of the file, read as it is taken.
fn body(mut file: File, first: u64, length: u64) -> io::Result<Body> {
    if length > 0 {
        file.seek(SeekFrom::Start(first))?;
    }
    let chunks = stream::unfold((file, length), |(mut file, left)| async move {
        if left == 0 {
            return None;
        }
        let read = move || {
            let mut bytes = vec![0; left.min(CHUNK_BYTES) as usize];
            let n = file.read(&mut bytes);
            (n.map(|n| bytes[..n].to_vec()), file)
        };
        match tokio::task::spawn_blocking(read).await {
            // Shorter than it was: retention took it away.
            Ok((Ok(bytes), _)) if bytes.is_empty() => None,
            Ok((Ok(bytes), file)) => {
                let left = left - bytes.len() as u64;
                Some((Ok(Bytes::from(bytes)), (file, left)))
            }
            Ok((Err(error), file)) => Some((Err(error), (file, 0))),
            Err(_) => None,
        }
    });
    Ok(Body::from_stream(chunks))
}

#[cfg(test)]
mod tests {
    use super::Wanted;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        for (text, wanted) in [
            ("bytes=0-0", Wanted::Part(0, 0)),
            ("bytes=2-", Wanted::Part(2, 9)),
            ("bytes=-3", Wanted::Part(7, 9)),
            ("bytes=-30", Wanted::Part(0, 9)),
            ("bytes=5-99999999999999999999999", Wanted::Part(5, 9)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=5-2", Wanted::All),
            ("bytes=0-1,3-4", Wanted::All),
            ("lines=0-1", Wanted::All),
            ("bytes=-", Wanted::All),
        ] {
            assert_eq!(Wanted::parse(text, 10), wanted, "{text}");
        }
        assert_eq!(Wanted::parse("bytes=0-", 0), Wanted::Nothing);
    }
}
