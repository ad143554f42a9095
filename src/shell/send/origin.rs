//! Where the config of a channel stands: what is wrong with it is said with its key, its paths
//! start from a folder, and its secrets are kept elsewhere.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::bot::delivery::SecretSpec;
use crate::text::bot_setup as words;

/// Where a channel's config stands.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// Where relative paths start.
    pub base: &'a Path,
    /// The key that holds the config.
    pub key: &'a str,
}

impl Origin<'_> {
    /// A key inside, in full.
    pub fn key_of(&self, inner: &str) -> String {
        format!("{}.{inner}", self.key)
    }

    /// A path of the config.
    pub fn path(&self, path: &str) -> PathBuf {
        self.base.join(path)
    }

    /// A value kept elsewhere.
    ///
    /// # Errors
    /// What is missing; never a value.
    pub fn secret(&self, key: &str, secret: &SecretSpec) -> Result<String, String> {
        let key = self.key_of(key);
        match (&secret.from_env, &secret.from_file) {
            (Some(name), _) => env::var(name).map_err(|_| words::no_variable(&key, name)),
            (None, Some(file)) => {
                let path = self.path(file);
                let text = fs::read_to_string(&path)
                    .map_err(|error| words::unreadable(&key, path.display(), error))?;
                Ok(text.strip_suffix('\n').unwrap_or(&text).to_owned())
            }
            (None, None) => Ok(String::new()),
        }
    }
}
