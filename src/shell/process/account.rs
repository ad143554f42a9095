//! The user and group that a program runs as.

use nix::unistd::{Gid, Group, Uid, User};

use crate::text::start as words;

/// Whom a program runs as, where that is not simply the daemon's own user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The user; `None` when only a group is named.
    pub user: Option<Owner>,
    /// Its group.
    pub gid: u32,
}

/// A user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Its name, for its groups.
    pub name: String,
    /// Its id.
    pub uid: u32,
    /// Its home folder.
    pub home: std::path::PathBuf,
}

impl Account {
    /// Looks the names up; numbers are ids.
    ///
    /// # Errors
    /// A sentence when there is no such user or group, or when this daemon may not become them.
    pub fn find(user: Option<&str>, group: Option<&str>) -> Result<Option<Account>, String> {
        if user.is_none() && group.is_none() {
            return Ok(None);
        }
        let user = user.map(owner).transpose()?;
        let gid = match group {
            Some(name) => gid(name)?,
            None => user.as_ref().map_or(0, |(_, gid)| *gid),
        };
        let user = user.map(|(user, _)| user);
        let is_own_user = user
            .as_ref()
            .is_none_or(|user| user.uid == Uid::effective().as_raw());
        let is_own = is_own_user && gid == Gid::effective().as_raw();
        if is_own {
            return Ok(None);
        }
        if !Uid::effective().is_root() {
            let key = if is_own_user { "group" } else { "user" };
            return Err(words::needs_root(key));
        }
        Ok(Some(Account { user, gid }))
    }

    /// Its user id: the daemon's own when only a group is named.
    pub fn uid(&self) -> u32 {
        self.user
            .as_ref()
            .map_or_else(|| Uid::effective().as_raw(), |user| user.uid)
    }
}

/// The home folder of a user by name, or of whoever runs this.
pub fn home(user: Option<&str>) -> Option<String> {
    let found = match user {
        Some(name) => User::from_name(name),
        None => User::from_uid(Uid::effective()),
    };
    let home = found.ok()??.dir.to_str()?.to_owned();
    home.starts_with('/').then_some(home)
}

fn owner(name: &str) -> Result<(Owner, u32), String> {
    let found = match name.parse() {
        Ok(id) => User::from_uid(Uid::from_raw(id)),
        Err(_) => User::from_name(name),
    };
    match found {
        Ok(Some(user)) => {
            let owner = Owner {
                name: user.name,
                uid: user.uid.as_raw(),
                home: user.dir,
            };
            Ok((owner, user.gid.as_raw()))
        }
        Ok(None) => Err(words::no_user(name)),
        Err(error) => Err(words::unknown_user(name, error)),
    }
}

fn gid(name: &str) -> Result<u32, String> {
    let found = match name.parse() {
        Ok(id) => Group::from_gid(Gid::from_raw(id)),
        Err(_) => Group::from_name(name),
    };
    match found {
        Ok(Some(group)) => Ok(group.gid.as_raw()),
        Ok(None) => Err(words::no_group(name)),
        Err(error) => Err(words::unknown_group(name, error)),
    }
}
