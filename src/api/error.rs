//! Errors: one sentence for the client, one for the log, and a status that cannot be a success.

use http::StatusCode;

use crate::model::violation::Violation;
use crate::store::error::{Cause, StoreError, WriteError};

/// A status of 4xx or 5xx. Nothing makes another, so an error cannot answer 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorStatus(StatusCode);

impl ErrorStatus {
    /// Returns the status of an error; nothing for any other.
    pub fn of(code: StatusCode) -> Option<Self> {
        (code.is_client_error() || code.is_server_error()).then_some(Self(code))
    }

    /// Returns the status code.
    pub fn code(self) -> StatusCode {
        self.0
    }
}

/// A request that is not fulfilled. Every API renders it in its own form. It is boxed, since most
/// requests are fulfilled and need not carry the room for it.
#[derive(Debug, Clone)]
pub struct ApiError(Box<Fault>);

/// The content of an [`ApiError`].
#[derive(Debug, Clone)]
pub struct Fault {
    /// The status.
    pub status: ErrorStatus,
    /// The problem type, without the API's prefix.
    pub code: &'static str,
    /// What kind of error it is, the same for all of this code.
    pub title: &'static str,
    /// What was wrong with this request, as a sentence for the client.
    pub detail: String,
    /// What the log is to say, where that is not for the client.
    pub log: Option<String>,
    /// The parameters that failed; only of a validation error.
    pub violations: Vec<Violation>,
    /// The headers that the status asks for: `Allow`, `WWW-Authenticate`, `Retry-After`.
    pub headers: Vec<(http::HeaderName, String)>,
}

/// What all errors of one code have in common.
pub(super) struct Kind {
    /// The problem type, without the API's prefix.
    pub(super) code: &'static str,
    /// The status.
    pub(super) status: StatusCode,
    /// What kind of error it is.
    pub(super) title: &'static str,
}

macro_rules! errors {
    ($($(#[$doc:meta])* $name:ident = $status:ident, $code:literal, $title:literal;)+) => {
        /// Every kind of error, each once.
        pub(super) static KINDS: &[Kind] =
            &[$(Kind { code: $code, status: StatusCode::$status, title: $title }),+];

        impl ApiError {
            $(
                $(#[$doc])*
                pub fn $name(detail: impl Into<String>) -> Self {
                    Self(Box::new(Fault {
                        status: ErrorStatus(StatusCode::$status),
                        code: $code,
                        title: $title,
                        detail: detail.into(),
                        log: None,
                        violations: Vec::new(),
                        headers: Vec::new(),
                    }))
                }
            )+
        }
    };
}

// The codes of 000 and 002 › Problem types, then those that the documents leave out (readings 10,
// 25, 47, 86, 103).
errors! {
    /// 000, 002: an input failed its validation.
    invalid = BAD_REQUEST, "validation", "A validation error occurred";
    /// 002: access to the method is not allowed.
    forbidden = FORBIDDEN, "forbidden", "Access to the method is not allowed";
    /// 002: the resource is not found.
    not_found = NOT_FOUND, "not-found", "The resource is not found";
    /// 000, 002: the customer is not found.
    customer_not_found = NOT_FOUND, "customer-not-found", "The customer is not found";
    /// 002: the customer has no legal address.
    legal_address_does_not_exist = NOT_FOUND, "legal-address-does-not-exists", "The legal address does not exist";
    /// 002: the customer has no billing address.
    billing_address_does_not_exist = NOT_FOUND, "billing-address-does-not-exists", "The billing address does not exist";
    /// 000: the invoice is not found.
    invoice_not_found = NOT_FOUND, "invoice-not-found", "The invoice is not found";
    /// 000: the invoice has no usage.
    invoice_has_no_usage = NOT_FOUND, "invoice-has-no-usage", "The invoice has no usage";
    /// 000: the subscription is not found; the document prints a blank in the code (reading 5).
    subscription_not_found = NOT_FOUND, "subscription-not-found", "The subscription is not found";
    /// No token, or one that does not reach this ledger (readings 10, 11, 13).
    unauthorized = UNAUTHORIZED, "unauthorized", "The request is not authorized";
    /// The resource has no such method.
    method_not_allowed = METHOD_NOT_ALLOWED, "method-not-allowed", "The resource does not have this method";
    /// The client accepts no media type that the resource has.
    not_acceptable = NOT_ACCEPTABLE, "not-acceptable", "No acceptable media type";
    /// The request is for a host that is not this one.
    misdirected = MISDIRECTED_REQUEST, "misdirected-request", "The request is for another host";
    /// The body took too long.
    timeout = REQUEST_TIMEOUT, "request-timeout", "The request took too long";
    /// The number is taken (reading 47).
    customer_exists = CONFLICT, "customer-already-exists", "The customer already exists";
    /// The customer has a billing address (reading 86).
    billing_address_exists = CONFLICT, "billing-address-already-exists", "The billing address already exists";
    /// The surplus is not free to be disbursed (reading 103).
    surplus_not_open = CONFLICT, "surplus-not-open", "The surplus is not open";
    /// There are as many behaviours or snapshots as there may be.
    too_many = CONFLICT, "too-many", "There are too many";
    /// There are as many listeners as a hub takes (reading 240).
    too_many_listeners = CONFLICT, "too-many-listeners", "There are too many listeners";
    /// The body is longer than the limit.
    too_large = PAYLOAD_TOO_LARGE, "payload-too-large", "The request body is too large";
    /// The body is of a media type that the resource does not read.
    unsupported_media_type = UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The media type is not supported";
    /// The target of the request is longer than the limit.
    target_too_long = URI_TOO_LONG, "uri-too-long", "The request's target is too long";
    /// The head of the request is longer than the limit.
    head_too_large = REQUEST_HEADER_FIELDS_TOO_LARGE, "request-header-fields-too-large", "The request's head is too large";
    /// Ours to fix.
    internal = INTERNAL_SERVER_ERROR, "internal-error", "An internal error occurred";
    /// The write may or may not be stored.
    outcome_unknown = INTERNAL_SERVER_ERROR, "outcome-unknown", "The outcome of the request is unknown";
    /// There is no room for the request now.
    busy = SERVICE_UNAVAILABLE, "busy", "The server is busy";
    /// The store takes no writes.
    writes_refused = SERVICE_UNAVAILABLE, "writes-refused", "The store takes no writes";
}

impl ApiError {
    /// Returns a validation error with the parameters that failed.
    pub fn validation(violations: Vec<Violation>) -> Self {
        let detail = match &violations[..] {
            [one] => one.message.clone(),
            _ => "Several parameters are wrong; the problems are listed by parameter.".to_owned(),
        };
        let mut error = Self::invalid(detail);
        error.0.violations = violations;
        error
    }

    /// Returns the error that a server was told to answer with.
    pub(super) fn told(status: ErrorStatus, detail: &str) -> Self {
        Self(Box::new(Fault {
            status,
            code: "behaviour",
            title: "The server was told to misbehave",
            detail: detail.to_owned(),
            log: None,
            violations: Vec::new(),
            headers: Vec::new(),
        }))
    }

    /// The same with a sentence for the log.
    pub fn with_log(mut self, log: impl Into<String>) -> Self {
        self.0.log = Some(log.into());
        self
    }

    /// The same with a header that the status asks for.
    pub fn with_header(mut self, name: http::HeaderName, value: impl Into<String>) -> Self {
        self.0.headers.push((name, value.into()));
        self
    }
}

/// The most sentences of one message.
const SENTENCES: usize = 20;

impl Fault {
    /// Returns all that was wrong as one text, for an API whose errors have room for no more.
    pub(super) fn message(&self) -> String {
        if self.violations.is_empty() {
            return self.detail.clone();
        }
        let told = self.violations.iter().take(SENTENCES).map(|each| each.message.as_str());
        let mut message = told.collect::<Vec<_>>().join(" ");
        if let Some(more @ 1..) = self.violations.len().checked_sub(SENTENCES) {
            message.push_str(&format!(" {more} more are not listed."));
        }
        message
    }
}

impl std::ops::Deref for ApiError {
    type Target = Fault;

    fn deref(&self) -> &Fault {
        &self.0
    }
}

impl From<Vec<Violation>> for ApiError {
    fn from(violations: Vec<Violation>) -> Self {
        Self::validation(violations)
    }
}

impl From<Violation> for ApiError {
    fn from(violation: Violation) -> Self {
        Self::validation(vec![violation])
    }
}

impl ApiError {
    /// Returns what a client is told of a store that failed.
    fn of_store(error: &StoreError) -> Self {
        Self::internal(match Cause::from(error) {
            Cause::FullDisk => "The disk is full. Nothing was changed.",
            Cause::Damaged => "The store's file is damaged: nothing is answered from it.",
            Cause::Other => "The store could not answer. Nothing was changed; the log says more.",
        })
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error.is_repeated() {
            true => Self::of_store(&error),
            false => Self::of_store(&error).with_log(error.to_string()),
        }
    }
}

impl From<WriteError> for ApiError {
    fn from(error: WriteError) -> Self {
        // Of the disk the log was told when it failed, once.
        match error {
            WriteError::Failed(error) if error.is_of_disk() => Self::of_store(&error),
            WriteError::Failed(error) => error.into(),
            WriteError::OutcomeUnknown(cause) => Self::outcome_unknown(format!(
                "The commit failed ({cause}): the write may or may not be stored; read it back after \
                 a restart."
            )),
            WriteError::Refused(Cause::Damaged) => Self::of_store(&StoreError::Damaged),
            WriteError::Refused(cause) => Self::writes_refused(format!(
                "A commit failed ({cause}): no writes are taken until a restart."
            )),
            WriteError::Closed => Self::writes_refused("The store is closing."),
            WriteError::ReadOnly => Self::writes_refused(
                "The store's file can only be read, so that nothing is written.",
            ),
        }
    }
}
