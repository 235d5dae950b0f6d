//! A proxy that publishes a server under a path of its own, as operators write one: the path is taken
//! off, the host is that of the server, and what the client says of hosts goes on in headers.
#![allow(dead_code, reason = "each test crate uses its part")]

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;

/// Publishes `target` under `prefix` of the listener's address, for as long as the test runs.
pub(crate) fn publish(listener: TcpListener, prefix: &'static str, target: SocketAddr) {
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            thread::spawn(move || pass(&client, prefix, target));
        }
    });
}

/// Passes one request on, and all that is answered; nothing is published beside the prefix.
fn pass(client: &TcpStream, prefix: &str, target: SocketAddr) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut from = BufReader::new(client.try_clone()?);
    let mut line = String::new();
    from.read_line(&mut line)?;
    let mut parts = line.split(' ');
    let (method, path) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let Some(rest) = path.strip_prefix(prefix).filter(|rest| rest.starts_with('/')) else {
        return (&mut &*client).write_all(
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        );
    };
    let mut head = format!(
        "{method} {rest} HTTP/1.1\r\nHost: {target}\r\nConnection: close\r\n\
         X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Prefix: /evil\r\n"
    );
    loop {
        let mut field = String::new();
        from.read_line(&mut field)?;
        let name = field.split(':').next().unwrap_or_default().to_ascii_lowercase();
        if !["host", "connection"].contains(&&*name) {
            head.push_str(&field);
        }
        if field.trim_end().is_empty() {
            break;
        }
    }
    let mut server = TcpStream::connect(target)?;
    server.write_all(head.as_bytes())?;
    let mut to = server.try_clone()?;
    thread::spawn(move || {
        drop(io::copy(&mut from, &mut to));
        drop(to.shutdown(Shutdown::Write));
    });
    io::copy(&mut server, &mut &*client)?;
    client.shutdown(Shutdown::Both)
}
