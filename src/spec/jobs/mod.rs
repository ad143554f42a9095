//! Files to jobs: reading one, putting all together.

pub mod compile;
pub mod findings;
pub mod loader;
pub mod read;
pub mod settings_file;
