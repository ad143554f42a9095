//! Addresses: queries, and the templates of links to the git host.

use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::page::facts::Addresses;
use crate::view::status::Status;

/// What an address may hold as it is (RFC 3986, section 2.3).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A text as part of an address.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// A path as part of an address: its slashes stay.
pub fn encode_path(path: &str) -> String {
    path.split('/').map(encode).collect::<Vec<_>>().join("/")
}

/// The pairs as a query, `?` included; with some set again, or left out where their value is empty.
pub fn query(pairs: &[(String, String)], changes: &[(&str, &str)]) -> String {
    let kept = pairs
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .filter(|(key, _)| !changes.iter().any(|(changed, _)| changed == key));
    let set = changes
        .iter()
        .copied()
        .filter(|(_, value)| !value.is_empty());
    let parts: Vec<String> = kept
        .chain(set)
        .map(|(key, value)| format!("{}={}", encode(key), encode(value)))
        .collect();
    format!("?{}", parts.join("&"))
}

/// Where the job files are on the git host.
#[derive(Clone, Debug)]
pub struct GitHost {
    /// The branch that is checked out, else `main`.
    branch: String,
    /// The folder of job files as the user names it, and where it is in its repository, when git
    /// could say.
    folders: (PathBuf, Option<String>),
    /// Template of a link to a line of a file.
    edit_url: Option<String>,
    /// Template of a link to a new file.
    new_url: Option<String>,
}

impl GitHost {
    /// As it is now.
    pub fn of(addresses: &Addresses, status: &Status) -> GitHost {
        GitHost {
            branch: status.branch.clone().unwrap_or_else(|| "main".to_owned()),
            folders: (addresses.jobs_dir.clone(), status.folder.clone()),
            edit_url: addresses.edit_url.clone(),
            new_url: addresses.new_url.clone(),
        }
    }

    /// The path of a file in its repository: one below the folder of job files, or beside it, as
    /// `jobsd.yaml` is. Any other stays as it is named.
    fn path(&self, file: &str) -> String {
        let (root, folder) = &self.folders;
        let Some(folder) = folder.as_deref().map(Path::new) else {
            return file.to_owned();
        };
        let path = Path::new(file);
        let is_beside = path.parent() == root.parent() && folder.file_name().is_some();
        let known = match (path.strip_prefix(root), path.file_name()) {
            (Ok(below), _) => folder.join(below),
            (Err(_), Some(name)) if is_beside => folder.with_file_name(name),
            _ => path.to_owned(),
        };
        known.to_string_lossy().into_owned()
    }

    /// A link to edit a line of a file; `None` where the settings give none.
    pub fn edit(&self, file: &str, line: usize) -> Option<String> {
        self.link(self.edit_url.as_deref(), (file, line), "")
    }

    /// A link to edit a file into this text.
    pub fn edit_into(&self, file: &str, text: &str) -> Option<String> {
        self.link(self.edit_url.as_deref(), (file, 1), text)
    }

    /// A link to make a file with this text; `None` where the settings give none.
    pub fn new_file(&self, file: &str, text: &str) -> Option<String> {
        self.link(self.new_url.as_deref(), (file, 1), text)
    }

    /// A link from its template; `None` without one, or where it would not lead to `http` or
    /// `https`.
    fn link(
        &self,
        template: Option<&str>,
        (file, line): (&str, usize),
        content: &str,
    ) -> Option<String> {
        let template =
            template.filter(|text| text.starts_with("https://") || text.starts_with("http://"))?;
        Some(filled(
            template,
            &self.branch,
            (&self.path(file), line),
            content,
        ))
    }
}

fn filled(template: &str, branch: &str, (path, line): (&str, usize), content: &str) -> String {
    let (line, path, content) = (line.to_string(), encode_path(path), encode(content));
    let branch = encode_path(branch);
    let places = [
        ("path", path.as_str()),
        ("line", &line),
        ("branch", &branch),
        ("content", &content),
    ];
    crate::text::pages::fill(template, &places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_change_one_key_and_keep_the_rest() {
        let pairs = [
            ("q".to_owned(), "a b&c".to_owned()),
            ("page".to_owned(), "2".to_owned()),
        ];
        assert_eq!(query(&pairs, &[("page", "3")]), "?q=a%20b%26c&page=3");
        assert_eq!(query(&pairs, &[("q", ""), ("page", "")]), "?");
    }

    #[test]
    fn git_links_are_encoded_and_lead_to_the_web() {
        let host = |folder: Option<&str>| GitHost {
            branch: "ops/next#1".to_owned(),
            folders: (PathBuf::from("/srv/jobs.d"), folder.map(str::to_owned)),
            edit_url: None,
            new_url: None,
        };
        let template = Some("https://g/{branch}/{path}#L{line}");
        let link = host(Some("jobs.d")).link(template, ("/srv/jobs.d/a b\".yaml", 4), "");
        assert_eq!(
            link.as_deref(),
            Some("https://g/ops/next%231/jobs.d/a%20b%22.yaml#L4")
        );
        let evil = host(None).link(Some("javascript:{path}"), ("a", 1), "");
        assert_eq!(evil, None);
        let paths = |folder, file| host(folder).path(file);
        assert_eq!(paths(Some(""), "/srv/jobs.d/team/a.yaml"), "team/a.yaml");
        assert_eq!(paths(None, "/srv/jobs.d/a.yaml"), "/srv/jobs.d/a.yaml");
        assert_eq!(paths(Some("jobs.d"), "/etc/jobsd.yaml"), "/etc/jobsd.yaml");
        let beside = |folder| paths(Some(folder), "/srv/jobsd.yaml");
        assert_eq!(beside("ops/jobs.d"), "ops/jobsd.yaml");
        assert_eq!(beside(""), "/srv/jobsd.yaml");
    }
}
