//! What a run would write, for whoever must allow it.

use std::fmt::Write as _;

use super::unblock::counted;
use crate::harness::writes::Write;

/// Each write in a line, and for each API how many records stay.
pub fn plan(writes: &[Write], provisioning: Option<&str>) -> String {
    let mut text = String::new();
    if let Some(provisioning) = provisioning {
        let _ = writeln!(text, "before the first case, the suite's records go {provisioning}\n");
    }
    let mut rest = writes;
    while let Some(first) = rest.first() {
        let count = rest.iter().take_while(|write| write.api == first.api).count();
        let (of_api, others) = rest.split_at(count);
        let sent: u32 = of_api.iter().map(|write| write.times).sum();
        let stay: u32 = of_api.iter().map(|write| write.leaves).sum();
        let (sent, stay) = (counted(sent as usize, "write"), counted(stay as usize, "record"));
        let _ = writeln!(
            text,
            "{}: {sent}, leaving at most {stay} that the API cannot delete",
            first.api
        );
        for Write { case, step, method, path, times, leaves, .. } in of_api {
            let _ = write!(text, "  {case} › {step}: {method} {path}");
            if *times > 1 {
                let _ = write!(text, ", {times} times");
            }
            if *leaves > 0 {
                let _ = write!(text, ", leaves {leaves}");
            }
            text.push('\n');
        }
        text.push('\n');
        rest = others;
    }
    text.push_str(match writes {
        [] => "No case that would be judged writes anything. Nothing has been sent.\n",
        _ => {
            "Identifiers that are drawn are looked for first, by GET or by POST find-customer, which \
             reads.\nA case that meets a fault of the connection runs again under new identifiers, \
             and leaves its records once more.\nNothing has been sent.\n"
        }
    });
    text
}
