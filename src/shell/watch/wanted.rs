//! Which folders report changes that matter: those of job files, and every place where the way to
//! them may turn.

use std::path::{Path, PathBuf};

use crate::shell::disk::listing::Listing;
use crate::shell::watch::hints::{Interest, Wanted};

/// Links that are followed on the way to the folder.
const LINKS_MAX: usize = 8;
/// Files of a repository that move with a checkout or a commit.
const GIT_FILES: [&str; 4] = ["HEAD", "index", "packed-refs", "logs/HEAD"];

/// The folders whose events matter.
pub fn wanted(
    root: &Path,
    config_file: &Path,
    listing: &Listing,
    git_dir: Option<&Path>,
) -> Wanted {
    let mut wanted = Wanted::new();
    // Each link on the way to the folder may be turned to another one.
    let mut way = Some(root.to_owned());
    for _ in 0..LINKS_MAX {
        let Some(path) = way else { break };
        name(&mut wanted, &path);
        for dir in path.ancestors().skip(1).filter(|dir| dir.is_symlink()) {
            name(&mut wanted, dir);
        }
        let parent = path.parent().map(Path::to_owned);
        let target = std::fs::read_link(&path).ok();
        way = target.map(|target| parent.unwrap_or_default().join(target));
    }
    name(&mut wanted, config_file);
    let real = config_file.canonicalize().ok();
    let linked = listing.links.iter().map(|(_, real)| real.clone());
    let git = git_dir.into_iter().flat_map(git_files);
    for path in real.into_iter().chain(linked).chain(git) {
        name(&mut wanted, &path);
    }
    for (_, real) in &listing.folders {
        wanted.insert(real.clone(), Interest::All);
    }
    wanted
}

/// One name in its folder matters.
fn name(wanted: &mut Wanted, path: &Path) {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty());
    let dir = dir.unwrap_or(Path::new(".")).canonicalize().ok();
    if let (Some(dir), Some(name)) = (dir, path.file_name()) {
        let interest = wanted
            .entry(dir)
            .or_insert_with(|| Interest::Names(Default::default()));
        if let Interest::Names(names) = interest {
            names.insert(name.to_owned());
        }
    }
}

fn git_files(git_dir: &Path) -> impl Iterator<Item = PathBuf> {
    GIT_FILES.into_iter().map(|file| git_dir.join(file))
}
