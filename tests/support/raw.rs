//! An HTTP/1.1 client that can misbehave: bytes out as they are, answers in.
#![allow(dead_code, reason = "each test crate uses its part")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A connection of one client.
pub(crate) struct Raw {
    reader: BufReader<TcpStream>,
}

/// One answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The status line and the header fields, in lower case.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Raw {
    /// Connects. Reading gives up after ten seconds: a server that neither answers nor closes
    /// fails a test, it does not hang it.
    pub(crate) fn connect(addr: SocketAddr) -> io::Result<Self> {
        let socket = TcpStream::connect(addr)?;
        socket.set_read_timeout(Some(Duration::from_secs(10)))?;
        socket.set_write_timeout(Some(Duration::from_secs(10)))?;
        socket.set_nodelay(true)?;
        Ok(Self { reader: BufReader::new(socket) })
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.reader.get_mut().write_all(bytes.as_ref())
    }

    /// Closes this side: nothing more is sent.
    pub(crate) fn say_no_more(&mut self) -> io::Result<()> {
        self.reader.get_mut().shutdown(std::net::Shutdown::Write)
    }

    /// Reads one answer to a request that was not HEAD.
    pub(crate) fn answer(&mut self) -> io::Result<Answer> {
        let head = self.head()?;
        let mut body = Vec::new();
        if let Some(length) = field(&head, "content-length") {
            body.resize(length.parse().map_err(io::Error::other)?, 0);
            self.reader.read_exact(&mut body)?;
        } else if field(&head, "transfer-encoding") == Some("chunked") {
            while self.chunk(&mut body)? {}
        }
        let status = head.get(9..12).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| io::Error::other(format!("no status in {head:?}")))?;
        Ok(Answer { status, head, body })
    }

    /// Reads the head of an answer, up to and with the empty line.
    pub(crate) fn head(&mut self) -> io::Result<String> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.reader.read_line(&mut head)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        head.make_ascii_lowercase();
        Ok(head)
    }

    fn chunk(&mut self, body: &mut Vec<u8>) -> io::Result<bool> {
        let mut line = String::new();
        if self.reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let length = usize::from_str_radix(line.trim_end(), 16).map_err(io::Error::other)?;
        let start = body.len();
        body.resize(start + length + 2, 0);
        self.reader.read_exact(&mut body[start..])?;
        body.truncate(start + length);
        Ok(length > 0)
    }

    /// Reads text up to `end`, and with it.
    pub(crate) fn until(&mut self, end: &str) -> io::Result<String> {
        let mut text = Vec::new();
        while !text.ends_with(end.as_bytes()) {
            let mut byte = [0];
            self.reader.read_exact(&mut byte)?;
            text.push(byte[0]);
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// Reads so many bytes.
    pub(crate) fn bytes(&mut self, count: usize) -> io::Result<()> {
        self.reader.read_exact(&mut vec![0; count])
    }

    /// Reads one byte.
    pub(crate) fn byte(&mut self) -> io::Result<()> {
        self.reader.get_mut().read_exact(&mut [0])
    }

    /// Reads on in a chunked answer; whether it is cut off before its last chunk.
    pub(crate) fn cut(&mut self) -> bool {
        let mut read = Vec::new();
        while !read.ends_with(b"\r\n0\r\n\r\n") {
            let mut piece = [0; 64 * 1024];
            match self.reader.read(&mut piece) {
                Ok(0) => return true,
                Ok(length) => read.extend_from_slice(&piece[..length]),
                Err(error) => return error.kind() == io::ErrorKind::ConnectionReset,
            }
        }
        false
    }

    /// Whether the server closes the connection without another byte.
    pub(crate) fn closed(&mut self) -> bool {
        match self.reader.read(&mut [0]) {
            Ok(length) => length == 0,
            Err(error) => error.kind() == io::ErrorKind::ConnectionReset,
        }
    }
}

/// The value of a field in a head that is in lower case.
pub(crate) fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}
