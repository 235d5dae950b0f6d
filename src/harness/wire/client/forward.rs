//! Requests through a proxy that is told the whole URL (RFC 9112, 3.2.2). The client library only
//! knows tunnels, which many proxies refuse to ports other than 443.

use std::sync::Arc;

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

use crate::harness::subject::{Proxies, Route};

/// Finds the address that is connected to for a URL: its host's, or the proxy's.
#[derive(Debug)]
pub(super) struct Towards {
    pub(super) proxies: Arc<Proxies>,
    pub(super) inner: DefaultResolver,
}

impl Resolver for Towards {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        match self.proxies.route(uri) {
            Route::Forward(proxy) => {
                let proxy: Uri = proxy.url.parse().map_err(|_| Error::InvalidProxyUrl)?;
                self.inner.resolve(&proxy, config, timeout)
            }
            Route::Direct | Route::Tunnel(_) => self.inner.resolve(uri, config, timeout),
        }
    }
}

/// Makes connections to a proxy on which each request names its whole URL.
#[derive(Debug)]
pub(super) struct Forward {
    pub(super) proxies: Arc<Proxies>,
}

impl<In: Transport> Connector<In> for Forward {
    type Out = Forwarded<In>;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        let origin = match (self.proxies.route(details.uri), details.uri.authority()) {
            (Route::Forward(_), Some(authority)) => Some(format!("http://{authority}")),
            _ => None,
        };
        Ok(chained.map(|inner| Forwarded { inner, origin, is_head: true }))
    }
}

#[derive(Debug)]
pub(super) struct Forwarded<T: Transport> {
    inner: T,
    /// What is put before the path of each request, if anything is.
    origin: Option<String>,
    /// True if what is sent next is the head of a request.
    is_head: bool,
}

impl<T: Transport> Transport for Forwarded<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let Some(origin) = self.origin.as_ref().filter(|_| self.is_head && amount > 0) else {
            return self.inner.transmit_output(amount, timeout);
        };
        // The method and a blank go first, with the origin behind them; the path and the rest follow.
        let output = self.inner.buffers().output();
        let method = output[..amount].iter().position(|byte| *byte == b' ').map_or(0, |at| at + 1);
        let rest = output[method..amount].to_vec();
        let end = method + origin.len();
        output[method..end].copy_from_slice(origin.as_bytes());
        self.inner.transmit_output(end, timeout)?;
        self.inner.buffers().output()[..rest.len()].copy_from_slice(&rest);
        self.inner.transmit_output(rest.len(), timeout)?;
        self.is_head = false;
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.is_head = true;
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}
