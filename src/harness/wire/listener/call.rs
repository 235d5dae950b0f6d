//! A call as it comes: its head, and its body within limits. Whoever calls may send anything.

use std::io;

use httparse::{EMPTY_HEADER, Status};

use super::socket::Stream;

/// The most bytes of a head, and of the line before a chunk.
const MOST_HEAD: usize = 16 << 10;
/// The most header fields.
const MOST_HEADERS: usize = 64;
/// What is read at a time.
const PIECE: usize = 8 << 10;

/// The head of a call, and what of its body came with it.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) method: String,
    /// The path and the query.
    pub(super) target: String,
    /// Header fields, their names in lower case.
    pub(super) headers: Vec<(String, String)>,
    rest: Vec<u8>,
}

/// The reasons why a call is not heard.
#[derive(Debug)]
pub(super) enum Unheard {
    /// It is answered so.
    Refused(u16),
    /// The connection is gone, or its time is over.
    Gone,
}

impl From<io::Error> for Unheard {
    fn from(_: io::Error) -> Self {
        Unheard::Gone
    }
}

impl Head {
    /// Reads a head.
    ///
    /// # Errors
    /// It is none, too long, or never ends.
    pub(super) fn read(stream: &mut dyn Stream) -> Result<Head, Unheard> {
        let mut came = Vec::new();
        loop {
            if read_more(stream, &mut came)? == 0 {
                return Err(Unheard::Gone);
            }
            let mut fields = [EMPTY_HEADER; MOST_HEADERS];
            let mut request = httparse::Request::new(&mut fields);
            match request.parse(&came) {
                Ok(Status::Complete(length)) => {
                    let headers = request.headers.iter().map(|field| {
                        let value = String::from_utf8_lossy(field.value).into_owned();
                        (field.name.to_ascii_lowercase(), value)
                    });
                    return Ok(Head {
                        method: request.method.unwrap_or_default().to_owned(),
                        target: request.path.unwrap_or_default().to_owned(),
                        headers: headers.collect(),
                        rest: came[length..].to_vec(),
                    });
                }
                Ok(Status::Partial) if came.len() < MOST_HEAD => {}
                Ok(Status::Partial) | Err(httparse::Error::TooManyHeaders) => {
                    return Err(Unheard::Refused(431));
                }
                Err(_) => return Err(Unheard::Refused(400)),
            }
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.trim())
    }

    /// Reads the body, of at most so many bytes.
    ///
    /// # Errors
    /// It is longer, its length is none, or it never ends.
    pub(super) fn body(
        &mut self,
        stream: &mut dyn Stream,
        most: usize,
    ) -> Result<Vec<u8>, Unheard> {
        let came = std::mem::take(&mut self.rest);
        let is_chunked = self
            .header("transfer-encoding")
            .is_some_and(|coding| coding.to_ascii_lowercase().ends_with("chunked"));
        let length = match (is_chunked, self.header("content-length")) {
            (true, _) => None,
            (false, None) => return Ok(Vec::new()),
            (false, Some(length)) => {
                let length: usize = length.parse().map_err(|_| Unheard::Refused(400))?;
                if length > most {
                    return Err(Unheard::Refused(413));
                }
                Some(length)
            }
        };
        if self.header("expect").is_some_and(|it| it.eq_ignore_ascii_case("100-continue")) {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
            stream.flush()?;
        }
        match length {
            None => chunks(stream, came, most),
            Some(length) => {
                let mut body = came;
                while body.len() < length {
                    if read_more(stream, &mut body)? == 0 {
                        return Err(Unheard::Gone);
                    }
                }
                body.truncate(length);
                Ok(body)
            }
        }
    }
}

/// Reads the chunks of a body.
fn chunks(stream: &mut dyn Stream, mut came: Vec<u8>, most: usize) -> Result<Vec<u8>, Unheard> {
    let mut body = Vec::new();
    loop {
        let (start, length) = loop {
            match httparse::parse_chunk_size(&came) {
                Ok(Status::Complete((start, length))) => break (start, length),
                Ok(Status::Partial) if came.len() < MOST_HEAD => {}
                _ => return Err(Unheard::Refused(400)),
            }
            if read_more(stream, &mut came)? == 0 {
                return Err(Unheard::Gone);
            }
        };
        if length == 0 {
            // Trailers say nothing that is asked for.
            return Ok(body);
        }
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > most.saturating_sub(body.len()) {
            return Err(Unheard::Refused(413));
        }
        // A line break follows each chunk.
        while came.len() < start + length + 2 {
            if read_more(stream, &mut came)? == 0 {
                return Err(Unheard::Gone);
            }
        }
        body.extend_from_slice(&came[start..start + length]);
        came.drain(..start + length + 2);
    }
}

/// Reads what is there. Returns how much that is.
fn read_more(stream: &mut dyn Stream, came: &mut Vec<u8>) -> io::Result<usize> {
    let mut piece = [0; PIECE];
    let read = loop {
        match stream.read(&mut piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => break read?,
        }
    };
    came.extend_from_slice(&piece[..read]);
    Ok(read)
}

/// Answers a call, and says that nothing more is heard on its connection.
pub(super) fn answer(stream: &mut dyn Stream, status: u16) -> io::Result<()> {
    let reason = match status {
        200..=299 => "Heard",
        _ => "Refused",
    };
    let length = if status == 204 { "" } else { "Content-Length: 0\r\n" };
    write!(stream, "HTTP/1.1 {status} {reason}\r\n{length}Connection: close\r\n\r\n")?;
    stream.flush()
}
