//! XML of ours as a tree, so that it can be written in another way.

use std::fmt;

use roxmltree::{Document, Node};

use crate::api::gateway::xml;

/// An element: what it holds is either elements or text.
#[derive(Default)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) elements: Vec<Element>,
    text: String,
}

impl Element {
    /// Reads a document.
    pub(super) fn read(text: &str) -> Option<Self> {
        Some(Self::of(Document::parse(text).ok()?.root_element()))
    }

    fn of(node: Node) -> Self {
        let attributes = node.attributes();
        Self {
            name: node.tag_name().name().to_owned(),
            attributes: attributes
                .map(|it| (it.name().to_owned(), it.value().to_owned()))
                .collect(),
            elements: node.children().filter(Node::is_element).map(Self::of).collect(),
            text: node.text().unwrap_or_default().to_owned(),
        }
    }

    /// This element and all in it.
    pub(super) fn each(&mut self, change: &mut impl FnMut(&mut Element)) {
        self.elements.iter_mut().for_each(|inner| inner.each(change));
        change(self);
    }

    /// Makes elements of the attributes.
    pub(super) fn use_elements(&mut self) {
        let attributes = std::mem::take(&mut self.attributes).into_iter();
        self.elements.extend(attributes.map(|(name, text)| Self { name, text, ..Self::default() }));
    }

    /// Puts the element into another.
    pub(super) fn wrap(&mut self, name: &str) {
        let inner = std::mem::take(self);
        (self.name, self.elements) = (name.to_owned(), vec![inner]);
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend([b"<", self.name.as_bytes()].concat());
        for (name, value) in &self.attributes {
            out.extend([b" ", name.as_bytes(), b"=\""].concat());
            xml::escape(out, value);
            out.push(b'"');
        }
        out.push(b'>');
        xml::escape(out, &self.text);
        self.elements.iter().for_each(|inner| inner.write(out));
        out.extend([b"</", self.name.as_bytes(), b">"].concat());
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = xml::DECLARATION.to_vec();
        self.write(&mut out);
        f.write_str(&String::from_utf8_lossy(&out))
    }
}
