//! The credentials that let a request in. They show themselves to nobody but the client.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::input::secret::Secret;

/// The credentials of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    /// RFC 6750.
    Bearer(Secret),
    /// RFC 7617; the user has no colon.
    Basic { user: String, password: Secret },
}

/// A token, and a user's name, that is nobody's.
const WRONG: &str = "etalon-this-token-is-no-ledgers";

impl Credential {
    /// Returns a token that lets in nowhere.
    pub(crate) fn wrong_token() -> Credential {
        Credential::Bearer(Secret::new(WRONG))
    }

    /// Returns a user and a password that let in nowhere.
    pub(crate) fn wrong_user() -> Credential {
        Credential::Basic { user: WRONG.to_owned(), password: Secret::new(WRONG) }
    }

    /// Returns the value of the Authorization header.
    pub(crate) fn authorization(&self) -> String {
        match self {
            Credential::Bearer(token) => format!("Bearer {}", token.reveal()),
            Credential::Basic { user, password } => format!("Basic {}", encoded(user, password)),
        }
    }

    /// Returns the scheme of the Authorization header.
    pub(crate) fn scheme(&self) -> &'static str {
        match self {
            Credential::Bearer(_) => "Bearer",
            Credential::Basic { .. } => "Basic",
        }
    }

    /// Returns the option of curl that carries them, for whoever has them in this variable of the
    /// shell. What lets in nowhere is no secret.
    pub(crate) fn curl_option(&self, variable: &str) -> String {
        match self {
            Credential::Bearer(token) if token.reveal() == WRONG => {
                format!("-H 'Authorization: Bearer {WRONG}'")
            }
            Credential::Bearer(_) => format!("-H \"Authorization: Bearer ${variable}\""),
            Credential::Basic { user, .. } if user == WRONG => format!("-u {WRONG}:{WRONG}"),
            Credential::Basic { .. } => format!("-u \"${variable}\""),
        }
    }

    /// Returns everything that must not be printed.
    pub(crate) fn secrets(&self) -> Vec<String> {
        match self {
            Credential::Bearer(token) => vec![token.reveal().to_owned()],
            Credential::Basic { user, password } => {
                vec![password.reveal().to_owned(), encoded(user, password)]
            }
        }
    }
}

fn encoded(user: &str, password: &Secret) -> String {
    STANDARD.encode(format!("{user}:{}", password.reveal()))
}
