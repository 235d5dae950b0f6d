//! Matchers in which one place is another.

use super::Matcher;

impl Matcher {
    /// Puts another matcher where a JSON pointer leads, `*` being every element, or takes away what
    /// stands there. A member that is not there is added to the object that would hold it. Returns
    /// whether there was a place for it.
    pub(crate) fn replace(&mut self, at: &str, with: Option<&Matcher>) -> bool {
        // The pointer is into what is written, where the notation is a member.
        let at = match self {
            Matcher::NocaseMembers(_) => at.strip_prefix("/$nocaseMembers").unwrap_or(at),
            _ => at,
        };
        let Some(rest) = at.strip_prefix('/') else {
            *self = with.cloned().unwrap_or_default();
            return at.is_empty();
        };
        let (segment, deeper) = match rest.find('/') {
            Some(end) => (&rest[..end], &rest[end..]),
            None => (rest, ""),
        };
        let name = segment.replace("~1", "/").replace("~0", "~");
        let removes = deeper.is_empty() && with.is_none();
        match self {
            Matcher::Elements(items) if name == "*" && removes => items.clear(),
            Matcher::Elements(items) if name == "*" => {
                return items
                    .iter_mut()
                    .map(|item| item.replace(deeper, with))
                    .fold(true, |all, one| all & one);
            }
            Matcher::Elements(items) => {
                let index = name.parse().ok().filter(|index: &usize| *index < items.len());
                let Some(index) = index else { return false };
                match removes {
                    true => drop(items.remove(index)),
                    false => return items[index].replace(deeper, with),
                }
            }
            Matcher::Members(members) | Matcher::NocaseMembers(members) => {
                let known = members.iter().position(|(known, _)| *known == name);
                match (known, deeper.is_empty(), with) {
                    (Some(index), true, None) => drop(members.remove(index)),
                    (Some(index), _, _) => return members[index].1.replace(deeper, with),
                    (None, true, Some(with)) => members.push((name, with.clone())),
                    (None, true, None) => {}
                    (None, false, _) => return false,
                }
            }
            _ => return false,
        }
        true
    }
}
