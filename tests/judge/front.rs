//! A rewriting front: it stands between the judge and a reference server of its own, and one
//! function decides what becomes of each exchange.
#![allow(dead_code, reason = "each test crate uses its part")]

use std::cell::RefCell;
use std::io::{self, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use etalon::server::builtin::{self, BuiltIn};
use serde_json::Value;

use crate::message::{Framing, Request, Response};

/// What a server does with a request: `server.pass(request)` is to be the reference.
pub(crate) type Behaviour = fn(Request, &Server) -> Response;

/// A running front; it stops when it is dropped.
pub(crate) struct Front {
    address: SocketAddr,
    stopping: Arc<AtomicBool>,
    changed: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    _behind: BuiltIn,
}

impl Front {
    /// Starts a reference server that holds the fixtures, and a front before it.
    pub(crate) fn start(behaviour: Behaviour) -> Front {
        let behind = builtin::start(&etalon::data::fixtures()).unwrap();
        let upstream: SocketAddr =
            behind.url().to_string().trim_start_matches("http://").parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stopping = Arc::new(AtomicBool::new(false));
        let changed = Arc::new(AtomicBool::new(false));
        let (stopped, change) = (Arc::clone(&stopping), Arc::clone(&changed));
        let thread = thread::spawn(move || {
            for client in listener.incoming() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let client = client.unwrap();
                let change = Arc::clone(&change);
                // A client that goes away in the middle is its own affair.
                thread::spawn(move || drop(serve(client, upstream, behaviour, &change)));
            }
        });
        Front { address, stopping, changed, thread: Some(thread), _behind: behind }
    }

    /// Whether anything was otherwise than the reference alone would have it.
    pub(crate) fn changed(&self) -> bool {
        self.changed.load(Ordering::Relaxed)
    }

    /// Its base URL, without a slash at the end.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn serve(
    client: TcpStream,
    upstream: SocketAddr,
    behaviour: Behaviour,
    changed: &AtomicBool,
) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut client = BufReader::new(client);
    let server =
        Server { address: upstream, connection: RefCell::new(None), passed: RefCell::default() };
    while let Some(request) = Request::read(&mut client)? {
        let head_only = request.method == "HEAD";
        let response = behaviour(request.clone(), &server);
        if server.passed.take() != [(request, response.clone())] {
            changed.store(true, Ordering::Relaxed);
        }
        response.write(client.get_mut(), head_only)?;
        if matches!(response.framing, Framing::LengthAndClose | Framing::LengthThenClosed) {
            break;
        }
    }
    Ok(())
}

/// The reference server, by one connection.
pub(crate) struct Server {
    address: SocketAddr,
    connection: RefCell<Option<BufReader<TcpStream>>>,
    /// What was asked and answered for the present request.
    passed: RefCell<Vec<(Request, Response)>>,
}

impl Server {
    /// What the reference answers.
    pub(crate) fn pass(&self, request: Request) -> Response {
        let mut connection = self.connection.borrow_mut();
        let mut open = connection.take().unwrap_or_else(|| {
            let socket = TcpStream::connect(self.address).unwrap();
            socket.set_nodelay(true).unwrap();
            BufReader::new(socket)
        });
        request.write(open.get_mut()).unwrap();
        let response = Response::read(&mut open, request.method == "HEAD").unwrap();
        if response.framing != Framing::LengthAndClose {
            *connection = Some(open);
        }
        self.passed.borrow_mut().push((request, response.clone()));
        response
    }

    /// What the reference answers, the body changed if the request is a `pattern` and went well.
    pub(crate) fn edit(
        &self,
        pattern: &str,
        request: Request,
        edit: impl FnOnce(&mut Value),
    ) -> Response {
        let hit = request.is(pattern);
        let response = self.pass(request);
        if hit && response.is_success() { response.edit(edit) } else { response }
    }

    /// What the reference answers, changed if the request is a `pattern` and went well.
    pub(crate) fn change(
        &self,
        pattern: &str,
        request: Request,
        change: impl FnOnce(Response) -> Response,
    ) -> Response {
        let hit = request.is(pattern);
        let response = self.pass(request);
        if hit && response.is_success() { change(response) } else { response }
    }

    /// What the reference answers, changed if it is a problem.
    pub(crate) fn problem(
        &self,
        request: Request,
        change: impl FnOnce(Response) -> Response,
    ) -> Response {
        let response = self.pass(request);
        if response.status >= 400 { change(response) } else { response }
    }
}
