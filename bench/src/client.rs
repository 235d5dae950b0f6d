//! The client: a closed loop on one thread, so that it is not what limits. Each connection sends
//! the next request as soon as it has read the answer to the last one.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::Outcome;
use crate::stat::{median, percentile};

/// Connections that ask for the same kind of thing.
pub struct Load<'a> {
    /// How many.
    pub connections: usize,
    /// The status that every answer must have.
    pub status: u16,
    /// Writes the next request.
    pub request: &'a mut dyn FnMut(&mut Vec<u8>),
}

/// What became of a load.
pub struct Measured {
    /// For how long it was measured.
    seconds: f64,
    /// How long each answer took that came in that time, in seconds.
    times: Vec<f64>,
    /// How many answers there were, those of the first moments with them.
    pub answers: usize,
}

impl Measured {
    /// Returns the answers in a second.
    pub fn rate(&self) -> f64 {
        self.times.len() as f64 / self.seconds
    }

    /// Returns the time within which the share `of` of the answers came, in seconds.
    pub fn within(&self, of: f64) -> f64 {
        percentile(&self.times, of)
    }
}

/// A connection, and the one request that is on its way.
struct Connection {
    socket: TcpStream,
    load: usize,
    sent: Instant,
    request: Vec<u8>,
    answer: Box<[u8]>,
    read: usize,
}

/// The longest answer that the closed loop reads; [`stream`] reads longer ones.
const LONGEST: usize = 1 << 20;

/// Asks for `time`, after a tenth of it that is not counted.
///
/// # Errors
/// When a connection fails, or an answer has another status than its load says.
pub fn closed_loop(addr: SocketAddr, loads: &mut [Load], time: Duration) -> Outcome<Vec<Measured>> {
    let mut poll = Poll::new()?;
    let mut connections = connect(addr, loads, &poll)?;
    let begins = Instant::now() + time / 10;
    let ends = begins + time;
    let measured = || Measured { seconds: time.as_secs_f64(), times: Vec::new(), answers: 0 };
    let mut measured: Vec<_> = loads.iter().map(|_| measured()).collect();
    for connection in &mut connections {
        connection.send(loads)?;
    }
    let mut waited_for = connections.len();
    let mut events = Events::with_capacity(1024);
    while waited_for > 0 {
        poll.poll(&mut events, Some(Duration::from_secs(30)))?;
        if events.is_empty() {
            return Err(format!("{waited_for} answers did not come within 30 s.").into());
        }
        for event in &events {
            let Some(connection) = connections.get_mut(event.token().0) else { continue };
            if !connection.receive(loads)? {
                continue;
            }
            let now = Instant::now();
            let of = &mut measured[connection.load];
            of.answers += 1;
            if begins <= now && now < ends {
                of.times.push((now - connection.sent).as_secs_f64());
            }
            if now < ends {
                connection.send(loads)?;
            } else {
                waited_for -= 1;
            }
        }
    }
    Ok(measured)
}

fn connect(addr: SocketAddr, loads: &[Load], poll: &Poll) -> Outcome<Vec<Connection>> {
    let mut connections = Vec::new();
    for (load, Load { connections: count, .. }) in loads.iter().enumerate() {
        for _ in 0..*count {
            // Connected before it is asked to be non-blocking: no answer is waited for twice.
            let socket = std::net::TcpStream::connect(addr)?;
            socket.set_nodelay(true)?;
            socket.set_nonblocking(true)?;
            let mut socket = TcpStream::from_std(socket);
            poll.registry().register(&mut socket, Token(connections.len()), Interest::READABLE)?;
            let answer = vec![0; 16 << 10].into_boxed_slice();
            let (request, read) = (Vec::new(), 0);
            let sent = Instant::now();
            connections.push(Connection { socket, load, sent, request, answer, read });
        }
    }
    Ok(connections)
}

impl Connection {
    fn send(&mut self, loads: &mut [Load]) -> io::Result<()> {
        self.request.clear();
        (loads[self.load].request)(&mut self.request);
        self.read = 0;
        self.sent = Instant::now();
        // A request is far shorter than what an idle socket takes at once.
        self.socket.write_all(&self.request)
    }

    /// Reads what has come; whether the answer is whole.
    fn receive(&mut self, loads: &[Load]) -> Outcome<bool> {
        loop {
            if self.read == self.answer.len() {
                if self.read >= LONGEST {
                    return Err("An answer is longer than 1 MiB.".into());
                }
                let mut longer = vec![0; self.read * 4].into_boxed_slice();
                longer[..self.read].copy_from_slice(&self.answer);
                self.answer = longer;
            }
            match self.socket.read(&mut self.answer[self.read..]) {
                Ok(0) => return Err("The server has closed a connection.".into()),
                Ok(read) => self.read += read,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            }
            let answer = &self.answer[..self.read];
            if let Some(head) = Head::read(answer) {
                let status = loads[self.load].status;
                if head.status != status {
                    let (asked, said) = (shown(&self.request), shown(answer));
                    return Err(format!("{asked}\nis not answered {status}: {said}").into());
                }
                if head.is_whole(answer) {
                    return Ok(true);
                }
            }
        }
    }
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().take(2_000).collect()
}

/// What the head of an answer says.
struct Head {
    status: u16,
    /// Where the body begins.
    body: usize,
    /// How long the body is; nothing when it comes in chunks.
    length: Option<usize>,
}

impl Head {
    /// Reads the head, if it has come whole.
    fn read(answer: &[u8]) -> Option<Self> {
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
        let status = std::str::from_utf8(answer.get(9..12)?).ok()?.parse().ok()?;
        let mut length = Some(0);
        for line in answer[..end].split(|byte| *byte == b'\n').skip(1) {
            let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
            let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
            if name.eq_ignore_ascii_case(b"content-length") {
                length = Some(std::str::from_utf8(value).ok()?.parse().ok()?);
            } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
                length = None;
            }
        }
        Some(Self { status, body: end + 4, length })
    }

    /// Whether the answer has come whole: nothing was asked for that could come behind it.
    fn is_whole(&self, answer: &[u8]) -> bool {
        let body = &answer[self.body..];
        match self.length {
            Some(length) => body.len() >= length,
            None => body.ends_with(b"0\r\n\r\n"),
        }
    }
}

/// A blocking connection for one request at a time.
pub struct Lone {
    socket: std::net::TcpStream,
    buffer: Vec<u8>,
}

impl Lone {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub fn connect(addr: SocketAddr) -> io::Result<Self> {
        let socket = std::net::TcpStream::connect(addr)?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Self { socket, buffer: vec![0; 256 << 10] })
    }

    /// Waits so long for an answer.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn patience(&mut self, time: Duration) -> io::Result<()> {
        self.socket.set_read_timeout(Some(time))
    }

    /// Asks, and reads the answer whole: head and body as they came.
    ///
    /// # Errors
    /// When the connection fails, or the answer has another status.
    pub fn ask(&mut self, request: &[u8], status: u16) -> Outcome<Vec<u8>> {
        let mut answer = Vec::new();
        self.read(request, status, |piece| answer.extend_from_slice(piece))?;
        Ok(answer)
    }

    /// Asks, and reads the answer without keeping it: its bytes, the head's with them, and the time.
    ///
    /// # Errors
    /// When the connection fails, or the answer is not 200.
    pub fn stream(&mut self, request: &[u8]) -> Outcome<(u64, Duration)> {
        let began = Instant::now();
        let mut bytes = 0;
        self.read(request, 200, |piece| bytes += piece.len() as u64)?;
        Ok((bytes, began.elapsed()))
    }

    /// Returns the median time of one answer after the other, in seconds, over about `time`.
    ///
    /// # Errors
    /// When the connection fails, or an answer has another status.
    pub fn median(
        &mut self,
        status: u16,
        time: Duration,
        mut request: impl FnMut(&mut Vec<u8>),
    ) -> Outcome<f64> {
        let (mut times, mut asked) = (Vec::new(), Vec::new());
        let began = Instant::now();
        while times.len() < 3 || began.elapsed() < time {
            asked.clear();
            request(&mut asked);
            let sent = Instant::now();
            self.read(&asked, status, |_| ())?;
            times.push(sent.elapsed().as_secs_f64());
        }
        Ok(median(&times))
    }

    fn read(&mut self, request: &[u8], status: u16, mut take: impl FnMut(&[u8])) -> Outcome<()> {
        self.socket.write_all(request)?;
        let mut read = 0;
        let head = loop {
            read += self.more(read)?;
            if let Some(head) = Head::read(&self.buffer[..read]) {
                break head;
            }
        };
        if head.status != status {
            let (asked, said) = (shown(request), shown(&self.buffer[..read]));
            return Err(format!("{asked}\nis not answered {status}: {said}").into());
        }
        take(&self.buffer[..read]);
        let mut left = head.length.map(|length| length.saturating_sub(read - head.body));
        let mut whole = head.is_whole(&self.buffer[..read]);
        // The last bytes, since the end of the chunks may come in two pieces.
        let mut last = self.buffer[..read].last_chunk::<5>().copied().unwrap_or_default();
        while !whole {
            let read = self.more(0)?;
            let piece = &self.buffer[..read];
            take(piece);
            whole = match &mut left {
                Some(left) => {
                    *left = left.saturating_sub(read);
                    *left == 0
                }
                None => {
                    let both = [&last[..], &piece[read.saturating_sub(5)..]].concat();
                    last = both.last_chunk().copied().unwrap_or_default();
                    last == *b"0\r\n\r\n"
                }
            };
        }
        Ok(())
    }

    fn more(&mut self, from: usize) -> Outcome<usize> {
        match self.socket.read(&mut self.buffer[from..])? {
            0 => Err("The server has closed the connection.".into()),
            read => Ok(read),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_last_byte_has_come() {
        for whole in [
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
            "HTTP/1.1 204 No Content\r\ndate: today\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        ] {
            for end in 0..=whole.len() {
                let come = &whole.as_bytes()[..end];
                let is_whole = Head::read(come).is_some_and(|head| head.is_whole(come));
                assert_eq!(is_whole, end == whole.len(), "{}", &whole[..end]);
            }
        }
    }
}
