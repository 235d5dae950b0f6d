//! The media types of an API's formats, as the target has them.

use crate::harness::api::{Api, Format, essence};
use crate::input::encoding::unmarked;

/// The formats of an API at one target, each with its media type.
#[derive(Debug, Clone)]
pub(crate) struct Media {
    /// All that are documented, the default one first; those that the target lacks have no type.
    types: Vec<(Format, Option<String>)>,
}

impl Media {
    /// Returns the media types as documented.
    pub(crate) fn documented(api: &Api) -> Media {
        let of = |(format, media): &(Format, &str)| (*format, Some((*media).to_owned()));
        Media { types: api.formats.iter().map(of).collect() }
    }

    /// Sets the media type of `format`, none where the target lacks it. Returns whether the API has
    /// that format.
    pub(crate) fn set(&mut self, format: Format, media: Option<String>) -> bool {
        let found = self.types.iter_mut().find(|(known, _)| *known == format);
        found.map(|known| known.1 = media).is_some()
    }

    /// Returns the target's type of `format`; none, if it lacks that.
    pub(crate) fn of(&self, format: Format) -> Option<&str> {
        let found = self.types.iter().find(|(known, _)| *known == format);
        found.and_then(|(_, media)| media.as_deref())
    }

    pub(crate) fn lacks_all(&self) -> bool {
        self.types.iter().all(|(_, media)| media.is_none())
    }

    pub(crate) fn lacks_any(&self) -> bool {
        self.types.iter().any(|(_, media)| media.is_none())
    }

    /// Returns the format in which an answer came: of several, that of its Content-Type, and if
    /// that names none, the one that it begins like.
    pub(crate) fn format_of(&self, content_type: Option<&str>, body: &[u8]) -> Format {
        let documented = |format: &Format| self.types.iter().any(|(known, _)| known == format);
        if let [(only, _)] = self.types.as_slice() {
            return *only;
        }
        let named = content_type.and_then(|media| self.named(media));
        named.filter(documented).unwrap_or_else(|| {
            let begins = match unmarked(body).trim_ascii_start().first() {
                // No JSON and no form begins as UTF-16 does.
                Some(b'<' | 0xfe | 0xff | 0) => Format::Xml,
                Some(b'{' | b'[' | b'"') => Format::Json,
                _ if body.contains(&b'=') => Format::Form,
                _ => Format::Json,
            };
            if documented(&begins) { begins } else { Format::Json }
        })
    }

    /// Returns whether a Content-Type is that of a format.
    pub(crate) fn names(&self, content_type: &str) -> bool {
        self.named(content_type).is_some()
    }

    /// Returns the one format that has this type here, or is well known by it.
    pub(crate) fn named(&self, media: &str) -> Option<Format> {
        let media = essence(media);
        let mut here = self
            .types
            .iter()
            .filter(|(_, known)| known.as_ref().is_some_and(|known| essence(known) == media));
        match (here.next(), here.next()) {
            (Some((format, _)), None) => Some(*format),
            (Some(_), Some(_)) => None,
            (None, _) => well_known(&media),
        }
    }
}

fn well_known(media: &str) -> Option<Format> {
    match media {
        "application/json" | "text/json" => Some(Format::Json),
        "application/xml" | "text/xml" => Some(Format::Xml),
        "application/x-www-form-urlencoded" => Some(Format::Form),
        other if other.ends_with("+json") => Some(Format::Json),
        other if other.ends_with("+xml") => Some(Format::Xml),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Format, Media};
    use crate::harness::api::Api;

    #[test]
    fn a_body_is_of_the_format_that_its_type_names_or_that_it_begins_like() {
        let api = Api::named("gateway").unwrap();
        let mut media = Media::documented(api);
        assert!(media.set(Format::Xml, Some("application/vnd.gate+xml; v=1".to_owned())));
        for (content_type, body, format) in [
            (Some("application/vnd.gate+xml"), "{}", Format::Xml),
            (Some("text/xml;charset=utf-8"), "{}", Format::Xml),
            (Some("application/problem+json"), "<a/>", Format::Json),
            (Some("APPLICATION/JSON"), "<a/>", Format::Json),
            (Some("application/x-www-form-urlencoded"), "", Format::Form),
            (Some("text/html"), " <a/>", Format::Xml),
            (Some("text/plain"), "a=1", Format::Form),
            (Some("text/plain"), "\u{feff}{\"a\": \"=\"}", Format::Json),
            (None, "\u{feff}<a b='1'/>", Format::Xml),
            (None, "\n[1]", Format::Json),
            (None, "a=1&b=2", Format::Form),
            (None, "nothing", Format::Json),
        ] {
            let found = media.format_of(content_type, body.as_bytes());
            assert_eq!(found, format, "{content_type:?} {body}");
        }
        // A type that stands for two formats tells nothing.
        assert!(media.set(Format::Json, Some("text/plain".to_owned())));
        assert!(media.set(Format::Form, Some("text/plain".to_owned())));
        assert_eq!(media.format_of(Some("text/plain"), b"a=1"), Format::Form);

        let only = Media::documented(Api::named("tmf").unwrap());
        assert_eq!(only.format_of(Some("text/xml"), b"<a/>"), Format::Json);
    }
}
