//! The plan of what a run would write, for whoever must allow it.

use std::fmt::Write as _;

use super::unblock::counted;
use crate::harness::api::APIS;
use crate::harness::run::{OtherRequest, Planned, Write};

/// Returns each write in a line, what is sent beside the cases, and for each API how many records
/// stay.
pub fn plan(planned: &Planned, provisioning: Option<&str>) -> String {
    let mut text = String::new();
    if let Some(provisioning) = provisioning {
        let _ = writeln!(text, "before the first case, the suite's records go {provisioning}\n");
    }
    for api in APIS.iter().map(|api| api.name) {
        let writes: Vec<_> = planned.writes.iter().filter(|write| write.api == api).collect();
        let of_api = |aside: &&OtherRequest| aside.api == api;
        let look_ups: Vec<_> = planned.look_ups.iter().filter(of_api).collect();
        if writes.is_empty() && look_ups.is_empty() {
            continue;
        }
        let sum =
            |of: fn(&Write) -> u32| writes.iter().map(|write| of(write)).sum::<u32>() as usize;
        let sent = counted(sum(|write| write.times), "write");
        let stay = counted(sum(|write| write.leaves), "record");
        let _ = writeln!(text, "{api}: {sent}, leaving at most {stay} that the API cannot delete");
        writes.iter().for_each(|write| line(&mut text, write));
        let more = sum(|write| write.times * write.more);
        if more > 0 {
            let more = counted(more, "request");
            let _ = writeln!(text, "  in other ways, where one is refused: at most {more} more");
        }
        for OtherRequest { method, path, times, .. } in look_ups {
            let times = counted(*times as usize, "time");
            let _ = writeln!(
                text,
                "  to look for drawn identifiers: {method} {path}, {times}, and once more for each \
                 that is taken; it only reads"
            );
        }
        for OtherRequest { method, path, times, .. } in planned.searches.iter().filter(of_api) {
            let times = counted(*times as usize, "time");
            let _ = writeln!(
                text,
                "  to look for what no run has used up: {method} {path}, at most {times}, and it only \
                 reads"
            );
        }
        for OtherRequest { method, path, times, .. } in planned.clean_up.iter().filter(of_api) {
            let times = counted(*times as usize, "time");
            let _ = writeln!(text, "  to clean up: {method} {path}, at most {times}");
        }
        text.push('\n');
    }
    text.push_str(match planned.writes.is_empty() && planned.look_ups.is_empty() {
        true => "No case that would be judged writes anything. Nothing has been sent.\n",
        false => {
            "A path that is a name alone is a link that the target gives, followed if it gives one.\n\
             Other identifiers that are drawn are looked for by GET.\n\
             A case that meets a fault of the connection runs again under new identifiers, and sends \
             and leaves all that once more.\nNothing has been sent.\n"
        }
    });
    text
}

fn line(text: &mut String, write: &Write) {
    let Write { case, step, method, path, times, more, each, leaves, .. } = write;
    let _ = write!(text, "  {case} › {step}: {method} {path}");
    if *times > 1 {
        let _ = write!(text, ", {times} times");
    }
    if *more > 0 {
        let _ = write!(text, ", at most {more} more if it is refused");
    }
    if *each {
        text.push_str(", for each element of an answer, which counts as one here");
    }
    if *leaves > 0 {
        let _ = write!(text, ", leaves {leaves}");
    }
    text.push('\n');
}
