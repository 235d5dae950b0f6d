//! Reports: the forms in which the outcome of a run is written, a file a form.

pub mod about;
mod choices;
mod digest;
mod explain;
mod har;
mod html;
mod json;
mod junit;
mod plan;
mod style;
mod terminal;
mod told;
mod unblock;

pub use choices::choices;
pub use explain::explain;
pub use har::har;
pub use html::html;
pub use json::json;
pub use junit::junit;
pub use plan::plan;
pub use style::Style;
pub use terminal::{Details, terminal};
