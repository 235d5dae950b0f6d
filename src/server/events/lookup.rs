//! Looking up the names of listeners. The system does that on a thread and may take its time; a name
//! that nobody answers for holds up no request, and no listener that is named by an address.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, ToSocketAddrs};
use std::thread;

use tokio::sync::{Semaphore, oneshot};

use crate::model::callback::{Host, is_of_every_machine};

/// So many names are looked up at a time, each on a thread of its own until the system answers.
static LOOKUPS: Semaphore = Semaphore::const_new(8);

/// Returns the addresses of a host, in the order in which they are to be tried.
///
/// # Errors
/// A sentence, when there are none.
pub(super) async fn addresses(host: &Host) -> Result<Vec<IpAddr>, String> {
    let name = match host {
        Host::Address(address) => return Ok(vec![*address]),
        // Asking for it could lead elsewhere (RFC 6761 › 6.3).
        Host::Name(name) if is_of_every_machine(name) => {
            return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
        }
        Host::Name(name) => name.clone(),
    };
    let Ok(permit) = LOOKUPS.acquire().await else { return Err(not_found("")) };
    let (reply, answer) = oneshot::channel();
    let look_up = move || {
        let found = (name.as_str(), 0).to_socket_addrs();
        drop(reply.send(found.map(|found| found.map(|each| each.ip()).collect())));
        drop(permit);
    };
    thread::Builder::new()
        .name("lookup".to_owned())
        .spawn(look_up)
        .map_err(|error| not_found(&format!(" ({error})")))?;
    let found: io::Result<Vec<IpAddr>> = answer.await.unwrap_or_else(|_| Ok(Vec::new()));
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(not_found("")),
        Err(error) => Err(not_found(&format!(" ({error})"))),
    }
}

fn not_found(why: &str) -> String {
    format!("The name of its host cannot be looked up{why}.")
}
