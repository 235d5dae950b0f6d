//! Text for a terminal: paragraphs that are broken into lines, and stand below each other.

use crate::harness::report::style::{BOLD, Painted, Style};

/// The longest line that words are broken into.
const WIDTH: usize = 96;

/// The text that is written so far.
pub(super) struct Page {
    text: Painted,
    style: Style,
}

impl Page {
    /// Begins with a headline.
    pub(super) fn new(style: Style, kind: &str, name: &str) -> Page {
        let mut page = Page { text: Painted::default(), style };
        page.text.push(&format!("{kind} "));
        page.text.paint(BOLD, name);
        page.text.push("\n");
        page
    }

    /// Adds a heading, after an empty line.
    pub(super) fn heading(&mut self, words: &str) {
        self.text.push("\n  ");
        self.text.paint(BOLD, words);
        self.text.push("\n");
    }

    /// Adds a paragraph that is indented by so many blanks.
    pub(super) fn paragraph(&mut self, indent: usize, words: &str) {
        self.labelled(indent, "", words);
    }

    /// Adds a paragraph behind a label, whose lines stand below each other.
    pub(super) fn labelled(&mut self, indent: usize, label: &str, words: &str) {
        let column = indent + label.chars().count();
        let mut line = format!("{:indent$}{label}", "");
        let mut is_empty = true;
        for word in words.split_whitespace() {
            let fits = line.chars().count() + word.chars().count() < WIDTH;
            if !is_empty && !fits {
                self.text.push(&format!("{line}\n"));
                line = format!("{:column$}", "");
            } else if !is_empty {
                line.push(' ');
            }
            line.push_str(word);
            is_empty = false;
        }
        self.text.push(line.trim_end());
        self.text.push("\n");
    }

    /// Adds a line as it is.
    pub(super) fn line(&mut self, indent: usize, words: &str) {
        self.text.push(format!("{:indent$}{words}", "").trim_end());
        self.text.push("\n");
    }

    /// Returns the whole text.
    pub(super) fn finish(self) -> String {
        self.text.finish(self.style)
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, Style, WIDTH};

    #[test]
    fn words_are_broken_below_each_other_and_none_is_lost() {
        let words = "word ".repeat(60);
        let mut page = Page::new(Style { color: false }, "reading", "1");
        page.labelled(4, "gap  ", &words);
        let text = page.finish();
        assert_eq!(text.matches("word").count(), 60);
        for line in text.lines().skip(1) {
            assert!(line.len() <= WIDTH, "{line}");
            assert!(
                line.starts_with("    gap  word") || line.starts_with("         word"),
                "{line}"
            );
        }
    }
}
