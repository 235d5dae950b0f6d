//! `etalon health`: whether a server answers and takes writes, for what watches over a container in
//! which there is no other program.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::process::ExitCode;
use std::time::Duration;

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
const LONGEST: u64 = 64 << 10;

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
    let port = if authority.contains(':') { "" } else { ":80" };
    let addresses = format!("{authority}{port}").to_socket_addrs().map_err(|it| it.to_string())?;
    let mut connected = Err("its name has no address".to_owned());
    for address in addresses {
        connected =
            TcpStream::connect_timeout(&address, PATIENCE).map_err(|error| error.to_string());
        if connected.is_ok() {
            break;
        }
    }
    let mut stream = connected?;
    let ask = |stream: &mut TcpStream| {
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(
            stream,
            "GET /etalon/health HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = Vec::new();
        stream.take(LONGEST).read_to_end(&mut answer)?;
        Ok::<_, std::io::Error>(String::from_utf8_lossy(&answer).into_owned())
    };
    let answer = ask(&mut stream).map_err(|error| error.to_string())?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).unwrap_or_default();
    match status {
        "200" => Ok(body.to_owned()),
        "" => Err("it gave no answer".to_owned()),
        other => Err(format!("it answered {other}: {body}")),
    }
}
