//! Where the APIs stand: as documented, or as `serve --mount NAME=PATH` says.

use std::collections::BTreeMap;

use super::admin::MOUNT;

/// Paths that take the place of documented ones, by the name of the API.
#[derive(Debug, Clone, Default)]
pub struct Mounts(BTreeMap<String, String>);

impl Mounts {
    /// Reads flags of the form `NAME=PATH`.
    ///
    /// # Errors
    /// A sentence that says what of a flag is wrong.
    pub fn from_flags(flags: &[String]) -> Result<Self, String> {
        let mut mounts = BTreeMap::new();
        for flag in flags {
            let Some((name, path)) = flag.split_once('=') else {
                return Err(format!("--mount takes NAME=PATH, not \"{flag}\"."));
            };
            let path = path.trim_end_matches('/');
            if !is_path(path) {
                return Err(format!(
                    "--mount {name}: \"{path}\" is no path that begins with a slash, such as \
                     /api/{name}."
                ));
            }
            if mounts.insert(name.to_owned(), path.to_owned()).is_some() {
                return Err(format!("--mount {name} is given twice."));
            }
        }
        Ok(Self(mounts))
    }

    /// Returns the path of the API called `name`, which is documented to stand at `documented`.
    pub(super) fn path(&self, name: &str, documented: &str) -> String {
        self.0.get(name).map_or(documented, String::as_str).to_owned()
    }

    /// Returns the names that are none of `known`.
    fn unknown(&self, known: &[&str]) -> Option<&str> {
        self.0.keys().map(String::as_str).find(|name| !known.contains(name))
    }
}

/// Returns whether something can stand under a path: it begins with a slash, ends in none, and holds
/// nothing that would have to be escaped or leads up again.
pub(super) fn is_path(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"?#%{}\"<>\\^`|".contains(&byte);
    let dots = path.split('/').any(|segment| [".", ".."].contains(&segment));
    path.starts_with('/')
        && !path.ends_with('/')
        && !path.contains("//")
        && !dots
        && path.bytes().all(plain)
}

/// Returns what follows `mount` in `path`: nothing, or something that begins with a slash.
pub(super) fn rest<'p>(mount: &str, path: &'p str) -> Option<&'p str> {
    path.strip_prefix(mount).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Checks that every request belongs to one API at most, and every flag to one.
///
/// # Errors
/// A sentence that names the APIs.
pub(super) fn check(mounts: &Mounts, mounted: &[(&str, &str)]) -> Result<(), String> {
    let names: Vec<&str> = mounted.iter().map(|(name, _)| *name).collect();
    if let Some(name) = mounts.unknown(&names) {
        return Err(format!(
            "--mount {name}: there is no such API; there are {}.",
            names.join(", ")
        ));
    }
    for (name, mount) in mounted {
        let within = |(other, at): &&(&str, &str)| other != name && rest(at, mount).is_some();
        if let Some((other, at)) = mounted.iter().find(within) {
            return Err(format!("{name} at {mount} would stand within {other} at {at}."));
        }
        if rest(MOUNT, mount).is_some() {
            return Err(format!("{name} cannot stand at {mount}: {MOUNT} is the server's own."));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Mounts, check};

    #[test]
    fn a_mount_that_would_hide_something_is_refused_with_its_reason() {
        let documented = [("a", "/a/v1"), ("b", "/b")];
        let outcome = |flag: &str| {
            let mounts = Mounts::from_flags(&[flag.to_owned()])?;
            let paths = documented.map(|(name, path)| mounts.path(name, path));
            check(&mounts, &[("a", &paths[0]), ("b", &paths[1])]).map(|()| paths.join(" "))
        };
        for (flag, result) in [
            ("b=/api/b/v2", Ok("/a/v1 /api/b/v2")),
            ("b=/a/v12/", Ok("/a/v1 /a/v12")),
            ("b=/a", Err("a at /a/v1 would stand within b at /a")),
            ("b=/a/v1/x", Err("b at /a/v1/x would stand within a at /a/v1")),
            ("b=/etalon/b", Err("/etalon is the server's own")),
            ("c=/c", Err("there is no such API")),
            ("b", Err("NAME=PATH")),
            ("b=b", Err("begins with a slash")),
            ("b=/", Err("begins with a slash")),
            ("b=/b?c", Err("begins with a slash")),
            ("b=/b//c", Err("begins with a slash")),
            ("b=/b/../c", Err("begins with a slash")),
        ] {
            match (outcome(flag), result) {
                (Ok(paths), Ok(expected)) => assert_eq!(paths, expected),
                (Err(sentence), Err(part)) => assert!(sentence.contains(part), "{sentence}"),
                (other, _) => unreachable!("{flag}: {other:?}"),
            }
        }
    }
}
