//! Who may reach what. Tokens are compared in constant time, and a token reaches its own ledger
//! alone.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue};
use subtle::ConstantTimeEq;

use super::error::ApiError;
use super::route::Scheme;
use crate::input::secret::{Secret, WELL_KNOWN};

/// The tokens that are accepted.
#[derive(Debug, Clone, Default)]
pub struct Auth {
    /// Bearer tokens by ledger. None at all: `etalon-<ledgerNo>` reaches each ledger.
    pub tokens: HashMap<String, Secret>,
    /// The token of the admin surface. None: the surface is closed.
    pub admin_token: Option<Secret>,
    /// The gateway's users and their passwords (reading 124).
    pub gateway_users: HashMap<String, Secret>,
    /// The bearer token of the TM Forum API (reading 165).
    pub tmf_token: Option<Secret>,
    /// Whether others than this machine reach the server. An API without credentials then answers
    /// nobody, and otherwise everybody.
    pub exposed: bool,
}

impl Auth {
    /// Returns whether the well-known tokens are accepted, so that only loopback may be served.
    pub fn is_open(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Returns whether an API knows nobody by credentials of its own, so that everybody is let in who
    /// reaches it.
    pub fn is_open_anywhere(&self) -> bool {
        self.is_open() || self.gateway_users.is_empty() || self.tmf_token.is_none()
    }

    /// Admits a request to a ledger (readings 10, 11, 13).
    ///
    /// # Errors
    /// 401 unless the bearer token is that ledger's.
    pub fn ledger(&self, headers: &HeaderMap, ledger: &str) -> Result<(), ApiError> {
        match self.tokens.get(ledger) {
            Some(token) => bearer(headers, |sent| same(token, sent), NOT_REACHED),
            // Everybody knows that one, so that comparing it tells nothing.
            None if self.is_open() => {
                let is_known = |sent: &str| sent.strip_prefix(WELL_KNOWN) == Some(ledger);
                bearer(headers, is_known, NOT_REACHED)
            }
            None => Err(not_reached()),
        }
    }

    /// Returns the ledger that the token of a request reaches, whichever is asked for: one that
    /// need not exist where the well-known tokens are accepted.
    pub(super) fn holder(&self, headers: &HeaderMap) -> Option<String> {
        let token = of_scheme(authorization(headers)?, "Bearer")?;
        if self.is_open() {
            return token.strip_prefix(WELL_KNOWN).map(str::to_owned);
        }
        // All of them are compared, so that the time tells nothing.
        let holders = self.tokens.iter().filter(|(_, known)| same(known, token));
        holders.last().map(|(ledger, _)| ledger.clone())
    }

    /// Admits a request to the admin surface.
    ///
    /// # Errors
    /// 401 unless the bearer token is the admin token.
    pub fn admin(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let expected = match &self.admin_token {
            Some(token) => token,
            None => {
                return Err(unauthorized("The server was started without --admin-token."));
            }
        };
        bearer(headers, |sent| same(expected, sent), "This is not the admin token.")
    }

    /// Admits a request to the gateway; the answer is the name of the user, if it gives one.
    ///
    /// # Errors
    /// 401 unless name and password are those of one of the users.
    pub fn gateway(&self, headers: &HeaderMap) -> Result<Option<String>, ApiError> {
        let credentials = basic(headers);
        if self.gateway_users.is_empty() {
            return match self.exposed {
                true => {
                    Err(challenge(Scheme::Basic, "The server was started without --gateway-user."))
                }
                false => Ok(credentials.map(|(user, _)| user)),
            };
        }
        let Some((user, password)) = credentials else {
            let detail = "One Authorization header with a user and a password is expected: Basic.";
            return Err(challenge(Scheme::Basic, detail));
        };
        // The same work whether or not there is such a user.
        let expected = self.gateway_users.get(&user);
        let matches = password.as_bytes().ct_eq(expected.map_or("", Secret::reveal).as_bytes());
        if expected.is_some() && bool::from(matches) {
            return Ok(Some(user));
        }
        Err(challenge(Scheme::Basic, "There is no such user, or its password is another."))
    }

    /// Admits a request to the TM Forum API.
    ///
    /// # Errors
    /// 401 unless the bearer token is the one that was given.
    pub fn tmf(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        match &self.tmf_token {
            Some(token) => {
                bearer(headers, |sent| same(token, sent), "The token is not the one of this API.")
            }
            None if self.exposed => {
                Err(unauthorized("The server was started without --tmf-token."))
            }
            None => Ok(()),
        }
    }
}

/// Returns the one Authorization header of a request.
fn authorization(headers: &HeaderMap) -> Option<&HeaderValue> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    values.next().filter(|_| values.next().is_none())
}

/// Returns what follows the scheme, in any case, and a blank.
fn of_scheme<'h>(authorization: &'h HeaderValue, scheme: &str) -> Option<&'h str> {
    let (named, rest) = authorization.to_str().ok()?.split_once(' ')?;
    named.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

/// Returns the user and the password of a request (RFC 7617), if it has them.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = of_scheme(authorization(headers)?, "Basic")?;
    let text = String::from_utf8(BASE64.decode(encoded).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// Returns whether a token is the one that is known; how long that takes tells nothing of it.
fn same(known: &Secret, sent: &str) -> bool {
    known.reveal().as_bytes().ct_eq(sent.as_bytes()).into()
}

fn bearer(
    headers: &HeaderMap,
    is_expected: impl Fn(&str) -> bool,
    refusal: &str,
) -> Result<(), ApiError> {
    let Some(value) = authorization(headers) else {
        return Err(unauthorized("One Authorization header with a bearer token is expected."));
    };
    match of_scheme(value, "Bearer") {
        Some(token) if is_expected(token) => Ok(()),
        Some(_) => Err(unauthorized(refusal)),
        None => Err(unauthorized("Authorization must read: Bearer, a blank, the token.")),
    }
}

const NOT_REACHED: &str = "The token does not reach this ledger.";

/// Returns the refusal of a token that does not reach a ledger. One that does not exist answers
/// alike: a stranger learns nothing of which ledgers there are.
pub(super) fn not_reached() -> ApiError {
    unauthorized(NOT_REACHED)
}

fn unauthorized(detail: &str) -> ApiError {
    challenge(Scheme::Bearer, detail)
}

const BASIC: &str = "Basic realm=\"gateway\", charset=\"UTF-8\"";

/// Returns what `WWW-Authenticate` says where credentials are shown in this way.
pub(super) fn scheme_asked(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Bearer => "Bearer",
        Scheme::Basic => BASIC,
    }
}

fn challenge(scheme: Scheme, detail: &str) -> ApiError {
    ApiError::unauthorized(detail).with_header(WWW_AUTHENTICATE, scheme_asked(scheme))
}
