//! Bundles that were changed on their way, by what means to help.

use crate::input::encoding::{is_utf_16, unmarked};

/// Returns how a bundle was converted since it was written, if it shows.
pub(super) fn converted(bytes: &[u8]) -> Option<String> {
    if is_utf_16(bytes) {
        return Some("it is in UTF-16; send it on as it was written, as UTF-8".to_owned());
    }
    // As it is written no line ends like that, and there is no mark.
    let first = bytes.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
    (first.ends_with(b"\r\n") || unmarked(bytes).len() < bytes.len()).then(|| {
        "its line ends were converted on its way, or a byte-order mark was added: send it on as it was \
         written, as a binary file"
            .to_owned()
    })
}
