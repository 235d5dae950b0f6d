//! Markup that is being written: what is ours is a literal, and everything else is escaped. There
//! is no other way in.

use std::fmt::{self, Display, Write};

use crate::output::visible::{is_unseen, picture};

/// At most this many bytes of one text are shown; what is left out is counted.
const LONGEST: usize = 6 << 10;

/// The HTML that is written so far.
#[derive(Default)]
pub(super) struct Markup(String);

impl Markup {
    /// Adds markup of our own.
    pub(super) fn ours(&mut self, markup: &'static str) {
        self.0.push_str(markup);
    }

    /// Adds text of anybody's, between tags or between the double quotes of an attribute.
    pub(super) fn text(&mut self, text: impl Display) {
        // Writing to a string cannot fail; a `Display` that does is cut where it did.
        let mut escaping = Escaping { into: &mut self.0, room: LONGEST, left_out: 0 };
        let _ = write!(escaping, "{text}");
        let left_out = escaping.left_out;
        if left_out > 0 {
            let _ = write!(self.0, "… ({left_out} bytes more)");
        }
    }

    /// Returns how many bytes there are so far.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the whole markup.
    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// `put!(markup, "<b>" (text) "</b>")`: literals are markup, what stands in parentheses is text.
macro_rules! put {
    ($to:expr $(,)?) => {};
    ($to:expr, $ours:literal $($rest:tt)*) => {{
        $to.ours($ours);
        $crate::harness::report::html::markup::put!($to, $($rest)*);
    }};
    ($to:expr, ($text:expr) $($rest:tt)*) => {{
        $to.text(&$text);
        $crate::harness::report::html::markup::put!($to, $($rest)*);
    }};
}
pub(super) use put;

struct Escaping<'m> {
    into: &'m mut String,
    room: usize,
    left_out: usize,
}

impl Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            if self.room < c.len_utf8() {
                self.room = 0;
                self.left_out += c.len_utf8();
                continue;
            }
            self.room -= c.len_utf8();
            match c {
                '&' => self.into.push_str("&amp;"),
                '<' => self.into.push_str("&lt;"),
                '>' => self.into.push_str("&gt;"),
                '"' => self.into.push_str("&quot;"),
                '\'' => self.into.push_str("&#39;"),
                '\n' | '\t' => self.into.push(c),
                c if is_unseen(c) => picture(self.into, c),
                c => self.into.push(c),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Markup};

    #[test]
    fn nothing_of_anybodys_is_markup() {
        for (text, written) in [
            (
                "</script><script>alert(1)</script>",
                "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;",
            ),
            (r#"" onload='x' a=""#, "&quot; onload=&#39;x&#39; a=&quot;"),
            ("<!-- ]]> &lt;", "&lt;!-- ]]&gt; &amp;lt;"),
            ("a\0\u{1}\r\u{1b}\u{7f}\u{85}b", "a␀␁␍␛⟨U+007F⟩⟨U+0085⟩b"),
            ("\u{202e}gnp.exe\u{2066}", "⟨U+202E⟩gnp.exe⟨U+2066⟩"),
            ("two\nlines\tand Åse", "two\nlines\tand Åse"),
            ("", ""),
        ] {
            let mut markup = Markup::default();
            put!(markup, "<p title=\"" (text) "\">" (text) "</p>");
            assert_eq!(markup.finish(), format!("<p title=\"{written}\">{written}</p>"));
        }
    }

    #[test]
    fn a_text_of_any_length_is_shown_in_part_and_the_rest_is_counted() {
        let mut markup = Markup::default();
        markup.text("å".repeat(LONGEST));
        assert_eq!(markup.finish(), format!("{}… ({LONGEST} bytes more)", "å".repeat(LONGEST / 2)));
    }
}
