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

impl Credential {
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

    /// Returns the option of curl that carries them, for whoever has them in a variable of the
    /// shell.
    pub(crate) fn curl_option(&self) -> &'static str {
        match self {
            Credential::Bearer(_) => "-H \"Authorization: Bearer $TOKEN\"",
            Credential::Basic { .. } => "-u \"$USER_AND_PASSWORD\"",
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
