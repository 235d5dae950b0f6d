//! Writes of requests: checks and changes in one transaction.

use super::error::ApiError;
use super::{Call, Documented};
use crate::store::error::StoreError;
use crate::store::writing::Writing;

/// A reason for which a check ends its transaction: the request's fault, or the store's.
pub(super) enum Unmet {
    Refused(ApiError),
    Failed(StoreError),
}

impl From<ApiError> for Unmet {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

impl From<StoreError> for Unmet {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl From<Unmet> for ApiError {
    fn from(unmet: Unmet) -> Self {
        match unmet {
            Unmet::Refused(error) => error,
            Unmet::Failed(error) => error.into(),
        }
    }
}

/// Writes in one transaction. A refusal is an answer like any other and rolls nothing back, since
/// everything is checked before the first change.
pub(super) async fn write<A: Documented, T: Send + 'static>(
    call: &Call<'_, A>,
    apply: impl Fn(&Writing) -> Result<T, Unmet> + Send + 'static,
) -> Result<T, ApiError> {
    let settled = call.store.write(move |tx| match apply(tx) {
        Ok(value) => Ok(Ok(value)),
        Err(Unmet::Refused(error)) => Ok(Err(error)),
        Err(Unmet::Failed(error)) => Err(error),
    });
    settled.await?
}
