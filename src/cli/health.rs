//! `etalon health`: whether a server answers and takes writes, for what watches over a container in
//! which there is no other program.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use super::output::print;
use super::{USAGE, complain};

/// Arguments of `etalon health`.
#[derive(clap::Args)]
pub struct Args {
    /// The server's base URL; one of TLS is not asked, since what watches has no authority to trust.
    #[arg(value_name = "URL", default_value = "http://127.0.0.1:8080")]
    url: String,
}

/// So long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// An answer is no longer than this, in bytes.
const LONGEST: usize = 64 << 10;

/// Asks once: 0 where the answer is 200, 1 where it is another or there is none.
pub fn run(args: &Args) -> ExitCode {
    let Some(rest) = args.url.strip_prefix("http://") else {
        return complain(&format!("{} does not begin with http://", args.url), USAGE);
    };
    let authority = rest.split('/').next().unwrap_or_default();
    match asked(authority) {
        Ok(body) => print("health", &format!("{body}\n"), 0),
        Err(why) => complain(&format!("{authority} is not healthy: {why}"), 1),
    }
}

/// Returns the body of an answer 200.
fn asked(authority: &str) -> Result<String, String> {
    let begun = Instant::now();
    // The colons of an IPv6 address stand before its bracket.
    let has_port = authority.rsplit(']').next().is_some_and(|rest| rest.contains(':'));
    let port = if has_port { "" } else { ":80" };
    let addresses = format!("{authority}{port}").to_socket_addrs().map_err(|it| it.to_string())?;
    let mut connected = Err("its name has no address".to_owned());
    for address in addresses {
        connected =
            TcpStream::connect_timeout(&address, PATIENCE).map_err(|error| sentence(&error));
        if connected.is_ok() {
            break;
        }
    }
    let answer = exchange(&mut connected?, authority, begun).map_err(|error| sentence(&error))?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).unwrap_or_default();
    match status {
        "200" => Ok(body.to_owned()),
        "" => Err("it gave no answer".to_owned()),
        other => Err(format!("it answered {other}: {body}")),
    }
}

/// Asks, and returns the whole answer: what comes after [`PATIENCE`] has come too late.
fn exchange(stream: &mut TcpStream, authority: &str, begun: Instant) -> io::Result<String> {
    let request =
        format!("GET /etalon/health HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    let mut bytes = [0; 4096];
    while answer.len() < LONGEST {
        let left = PATIENCE.checked_sub(begun.elapsed()).filter(|left| !left.is_zero());
        stream.set_read_timeout(Some(left.ok_or(io::ErrorKind::TimedOut)?))?;
        match stream.read(&mut bytes)? {
            0 => break,
            count => answer.extend_from_slice(&bytes[..count]),
        }
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Returns why there is no answer.
fn sentence(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
            format!("it gave no answer within {} seconds", PATIENCE.as_secs())
        }
        _ => error.to_string(),
    }
}
