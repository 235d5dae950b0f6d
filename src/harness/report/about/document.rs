//! A document in words: what it is and where it is from.

use super::page::Page;
use crate::harness::report::style::Style;
use crate::harness::suite::{Contents, Document};

/// Returns a document in words, and what rests on it.
pub fn document(suite: &Contents, document: &Document, style: Style) -> String {
    let mut page = Page::new(style, "document", &document.id);
    let published = &document.published;
    page.paragraph(2, &document.title);
    page.line(0, "");
    for (label, words) in [
        ("title", Some(&published.title)),
        ("publisher", Some(&published.publisher)),
        ("version", published.version.as_ref()),
        ("date", published.date.as_ref()),
        ("address", published.address.as_ref()),
        ("note", Some(&published.note)),
    ] {
        if let Some(words) = words {
            page.labelled(2, &format!("{label:11}"), words);
        }
    }
    let clauses = suite.clauses.values().filter(|clause| clause.document == document.id).count();
    let readings = suite.readings();
    let readings = readings.filter(|it| it.passages.iter().any(|it| it.document == document.id));
    page.labelled(
        2,
        "here       ",
        &format!("{clauses} clauses, {} readings; `etalon clauses` lists them", readings.count()),
    );
    page.finish()
}

/// Returns how a document is named where something of it is told.
pub(super) fn named(suite: &Contents, id: &str) -> String {
    match suite.documents.iter().find(|document| document.id == id) {
        Some(document) => format!("{id}, {}", document.title),
        None => id.to_owned(),
    }
}
