//! What an error in a file leaves active.

use crate::text::kept::kept;

kept! {
    /// An error, and the version of its job that stays active.
    stays_active(error, version): "{error}; version {version} stays active",
        "{error} ; la version {version} reste active";
}
