//! A reference server behind something that fails.
#![allow(dead_code, reason = "each test crate uses its part")]

use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Duration;

use etalon::server::builtin::{self, BuiltIn};

use crate::message::{Request, Response};

/// Which requests it fails at.
#[derive(Clone, Copy)]
pub(crate) enum When {
    Always,
    /// All but so many.
    After(usize),
    /// The one after so many.
    At(usize),
    /// Those of a pattern.
    On(&'static str),
}

/// How.
#[derive(Clone, Copy)]
pub(crate) enum Act {
    /// Says this and closes.
    Close(&'static [u8]),
    /// Says this and then nothing.
    Hold(&'static [u8]),
    /// Says this, and then a byte at a time for ever.
    Drip(&'static [u8]),
    /// Says the first, and then the other for ever.
    Endless(&'static [u8], &'static [u8]),
    /// Says of a list that it goes on, on each of its pages.
    Next,
}

impl Act {
    /// It ends when the other side has gone.
    fn act(self, request: &Request, client: &mut TcpStream) -> io::Result<()> {
        match self {
            Act::Next => {
                let query = request.query.as_deref().unwrap_or_default();
                let page = query.strip_prefix("page=").map_or(1, |page| page.parse().unwrap_or(1));
                let next = format!("{}?page={}", request.path, page + 1);
                let body =
                    format!(r#"{{"items":[{{"@id":"/x"}}],"navigation":{{"next":"{next}"}}}}"#);
                write!(client, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")?;
                write!(client, "Content-Length: {}\r\n\r\n{body}", body.len())?;
                client.shutdown(Shutdown::Write)?;
            }
            Act::Close(bytes) => {
                client.write_all(bytes)?;
                client.shutdown(Shutdown::Write)?;
            }
            Act::Hold(bytes) => client.write_all(bytes)?,
            Act::Drip(bytes) => {
                client.write_all(bytes)?;
                loop {
                    client.write_all(b"x")?;
                    thread::sleep(Duration::from_millis(20));
                }
            }
            Act::Endless(bytes, more) => {
                client.write_all(bytes)?;
                let more = more.repeat(4096);
                loop {
                    client.write_all(&more)?;
                }
            }
        }
        // What was sent is not lost to a reset while bytes of the request are unread.
        while client.read(&mut [0; 4096])? > 0 {}
        Ok(())
    }
}

/// What becomes of a request: an act, or an answer made of the reference's.
enum Doing {
    Act(Act),
    Pass(fn(Response) -> Response),
}

type Decide = dyn Fn(&Request) -> Doing + Send + Sync;

/// It serves as long as the process lives.
pub(crate) struct Spoilt {
    pub(crate) address: SocketAddr,
}

/// The reference behind all of them: a fault is in front of it.
static BEHIND: LazyLock<BuiltIn> =
    LazyLock::new(|| builtin::start(&etalon::data::fixtures()).unwrap());

impl Spoilt {
    pub(crate) fn start(when: When, act: Act) -> Spoilt {
        let asked = AtomicUsize::new(0);
        Spoilt::deciding(move |request| {
            let before = asked.fetch_add(1, Ordering::SeqCst);
            let fails = match when {
                When::Always => true,
                When::After(count) => before >= count,
                When::At(count) => before == count,
                When::On(pattern) => request.is(pattern),
            };
            if fails { Doing::Act(act) } else { Doing::Pass(|response| response) }
        })
    }

    /// The first time that a pattern is asked for it answers wrongly, the second time it hangs up,
    /// and from then on it is right.
    pub(crate) fn changing(pattern: &'static str) -> Spoilt {
        let asked = AtomicUsize::new(0);
        let probed = AtomicBool::new(false);
        Spoilt::deciding(move |request| {
            // The judge's own look at the API, and the search for the suite's records.
            let own = !probed.load(Ordering::SeqCst);
            if !request.is(pattern) || own && request.last() == "1" {
                return Doing::Pass(|response| response);
            }
            probed.store(true, Ordering::SeqCst);
            match asked.fetch_add(1, Ordering::SeqCst) {
                0 => Doing::Pass(|response| response.edit(|body| body["@id"] = 7.into())),
                1 => Doing::Act(Act::Close(b"")),
                _ => Doing::Pass(|response| response),
            }
        })
    }

    fn deciding(decide: impl Fn(&Request) -> Doing + Send + Sync + 'static) -> Spoilt {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let decide: Arc<Decide> = Arc::new(decide);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let decide = Arc::clone(&decide);
                // A client that goes away in the middle is its own affair.
                thread::spawn(move || drop(serve(client, decide.as_ref())));
            }
        });
        Spoilt { address }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn serve(client: TcpStream, decide: &Decide) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut client = BufReader::new(client);
    while let Some(request) = Request::read(&mut client)? {
        match decide(&request) {
            Doing::Act(act) => return act.act(&request, client.get_mut()),
            Doing::Pass(change) => {
                let head_only = request.method == "HEAD";
                change(behind(&request)?).write(client.get_mut(), head_only)?;
            }
        }
    }
    Ok(())
}

/// One exchange as the reference has it; whether there was one.
pub(crate) fn exchange<S: Read + Write>(client: &mut BufReader<S>) -> io::Result<bool> {
    let Some(request) = Request::read(client)? else { return Ok(false) };
    let response = behind(&request)?;
    response.write(client.get_mut(), request.method == "HEAD")?;
    client.get_mut().flush()?;
    Ok(true)
}

fn behind(request: &Request) -> io::Result<Response> {
    let mut server =
        BufReader::new(TcpStream::connect(BEHIND.url().trim_start_matches("http://"))?);
    request.write(server.get_mut())?;
    Response::read(&mut server, request.method == "HEAD")
}
