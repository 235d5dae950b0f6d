//! Secrets as a target may send them back: as they are, in base64 or hexadecimal, alone or within a
//! longer text, and any of it percent-encoded or written by references or escapes.

use base64::Engine as _;
use base64::alphabet::{Alphabet, STANDARD, URL_SAFE};
use base64::engine::general_purpose::{GeneralPurpose, PAD};

/// The length in bytes up to which a secret is left, since it may stand in any text.
pub(super) const SHORT: usize = 3;
/// A secret in base64 or hexadecimal is known by no fewer characters: fewer may be part of a word or
/// of a number.
const FEWEST: usize = 8;
/// What may stand for any character.
const ESCAPES: &[u8] = b"%&\\+";

/// The words that are taken out of a text in whatever way they are spelled.
#[derive(Debug)]
pub(super) struct Spelled {
    /// By their first byte, the longest first: one may begin with another.
    words: Vec<Vec<String>>,
}

impl Spelled {
    /// Returns what is taken out for these secrets.
    pub(super) fn new(secrets: &[String]) -> Spelled {
        let mut all: Vec<_> =
            secrets.iter().filter(|secret| secret.len() > SHORT).cloned().collect();
        all.extend(secrets.iter().flat_map(|secret| coded(secret.as_bytes())));
        all.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        all.dedup();
        let mut words = vec![Vec::new(); 256];
        for word in all {
            if let Some(first) = word.bytes().next() {
                words[usize::from(first)].push(word);
            }
        }
        Spelled { words }
    }

    /// Puts `by` in the place of every word.
    pub(super) fn take_out(&self, text: &mut String, by: &str) {
        let mut told = String::new();
        // What stands before `taken` is told.
        let (mut taken, mut at) = (0, 0);
        while at < text.len() {
            match self.word_at(text, at) {
                Some(end) => {
                    told.push_str(&text[taken..at]);
                    told.push_str(by);
                    (taken, at) = (end, end);
                }
                None => at += 1,
            }
        }
        if taken > 0 {
            told.push_str(&text[taken..]);
            *text = told;
        }
    }

    /// Returns where a word ends that begins there.
    fn word_at(&self, text: &str, at: usize) -> Option<usize> {
        let first = text.as_bytes()[at];
        let ends = |word: &String| end_of(word, text, at);
        match ESCAPES.contains(&first) {
            // Any character may be written so.
            true => self.words.iter().flatten().find_map(ends),
            // A long word is preferred to one that it begins with.
            false => self.words[usize::from(first)].iter().find_map(ends),
        }
    }
}

/// Returns where a word ends in a text, if it stands there in any spelling.
fn end_of(word: &str, text: &str, at: usize) -> Option<usize> {
    word.chars().try_fold(at, |at, letter| Some(at + spelled(letter, &text[at..])?))
}

/// Returns the length of what stands for a character at the beginning of a text, if that does. What may
/// be an escape is one first: a character of which others are made stands for itself only then.
fn spelled(letter: char, text: &str) -> Option<usize> {
    let escaped = match text.bytes().next()? {
        b'%' => percent(letter, text),
        b'+' => (letter == ' ').then_some(1),
        b'&' => reference(letter, text),
        b'\\' => escape(letter, text),
        _ => None,
    };
    escaped.or_else(|| text.starts_with(letter).then(|| letter.len_utf8()))
}

fn percent(letter: char, text: &str) -> Option<usize> {
    let mut buffer = [0; 4];
    let bytes = letter.encode_utf8(&mut buffer).bytes();
    bytes.enumerate().try_fold(0, |length, (index, byte)| {
        let digits = text.get(3 * index..)?.strip_prefix('%')?.get(..2)?;
        (u8::from_str_radix(digits, 16).ok()? == byte).then_some(length + 3)
    })
}

/// `&amp;`, `&#38;`, `&#x26;`: as XML and HTML write it.
fn reference(letter: char, text: &str) -> Option<usize> {
    const NAMED: [(&str, char); 5] =
        [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')];
    // As many digits as a careful writer puts there.
    let end = text.bytes().take(16).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let meant = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
        None => NAMED.iter().find(|(known, _)| *known == name).map(|(_, meant)| *meant),
    };
    (meant == Some(letter)).then_some(end + 1)
}

/// `\"`, `\/`, `\u0022`: as JSON writes it, and JSON in JSON with more backslashes before it.
fn escape(letter: char, text: &str) -> Option<usize> {
    let rest = text.trim_start_matches('\\');
    let slashes = text.len() - rest.len();
    if matches!(letter, '"' | '/') && rest.starts_with(letter) {
        return Some(slashes + 1);
    }
    let unit = |text: &str| {
        let digits = text.strip_prefix('u')?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    if letter == '\\' && unit(rest) != Some(0x5c) {
        // Each is written twice.
        return (slashes >= 2).then_some(2);
    }
    let mut buffer = [0; 2];
    match letter.encode_utf16(&mut buffer) {
        [one] => (unit(rest)? == *one).then_some(slashes + 5),
        [high, low] => {
            let second = rest.get(5..)?;
            let after = second.trim_start_matches('\\');
            let between = second.len() - after.len();
            let is_it = unit(rest)? == *high && between > 0 && unit(after)? == *low;
            is_it.then_some(slashes + 5 + between + 5)
        }
        _ => None,
    }
}

/// Returns a secret in hexadecimal and in base64, by itself and as it shows within a longer text.
fn coded(secret: &[u8]) -> Vec<String> {
    let lower: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut all = vec![lower.to_uppercase(), lower];
    for alphabet in [STANDARD, URL_SAFE] {
        all.push(base64(&alphabet, secret));
        all.push(base64(&alphabet, secret).trim_end_matches('=').to_owned());
        all.extend((0..3).map(|before| within(&alphabet, secret, before)));
    }
    all.retain(|text| text.len() >= FEWEST);
    all
}

fn base64(alphabet: &Alphabet, bytes: &[u8]) -> String {
    GeneralPurpose::new(alphabet, PAD).encode(bytes)
}

/// Returns the characters that a secret alone decides, after so many other bytes.
fn within(alphabet: &Alphabet, secret: &[u8], before: usize) -> String {
    let whole = base64(alphabet, &[&vec![0; before][..], secret].concat());
    // Each character holds six bits; the first may hold some of what is before, the last of what
    // follows.
    let (start, end) = ((before * 8).div_ceil(6), (before + secret.len()) * 8 / 6);
    whole[start..end].to_owned()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

    use super::Spelled;

    const SECRET: &str = "s3c/r?t>&~\"kå\\";

    fn without(text: &str) -> String {
        let mut text = text.to_owned();
        Spelled::new(&[SECRET.to_owned(), "abc".to_owned(), "tokn1".to_owned()])
            .take_out(&mut text, "$TOKEN");
        text
    }

    /// A target that sent back what it had heard, written otherwise, had it published.
    #[test]
    fn a_secret_is_taken_out_in_whatever_way_it_is_spelled() {
        let percent = |format: fn(u8) -> String| SECRET.bytes().map(format).collect::<String>();
        let each = |format: fn(char) -> String| SECRET.chars().map(format).collect::<String>();
        for text in [
            SECRET.to_owned(),
            percent(|byte| format!("%{byte:02X}")),
            percent(|byte| format!("%{byte:02x}")),
            percent(|byte| format!("{byte:02X}")),
            percent(|byte| format!("{byte:02x}")),
            each(|letter| format!("&#{};", u32::from(letter))),
            each(|letter| format!("&#x{:04x};", u32::from(letter))),
            each(|letter| format!("\\u{:04X}", u32::from(letter))),
            each(|letter| format!("\\\\u{:04x}", u32::from(letter))),
            serde_json::Value::from(SECRET).to_string().trim_matches('"').to_owned(),
            SECRET.replace('&', "&amp;").replace('>', "&gt;").replace('"', "&quot;"),
            "s3c%2fr%3Ft%3E%26~%22k%C3%A5%5C".to_owned(),
            "s3c\\/r?t&gt;%26~\\\"k\\u00e5\\\\".to_owned(),
            STANDARD.encode(SECRET),
            STANDARD_NO_PAD.encode(SECRET),
            URL_SAFE.encode(SECRET),
            URL_SAFE_NO_PAD.encode(SECRET),
            STANDARD.encode(SECRET).replace('=', "%3D").replace('/', "\\/").replace('+', "%2b"),
        ] {
            let told = without(&format!("a {text}, b"));
            assert!(told.starts_with("a $TOKEN") && told.ends_with(", b"), "{text}: {told}");
            assert!(told.len() <= "a $TOKEN\", b".len(), "{text}: {told}");
        }
        // Within a longer text, of which it decides all but the characters at its ends.
        for before in ["", "u", "us", "user:", "a user:"] {
            for after in ["", ".", "..", "..."] {
                let told = without(&STANDARD.encode(format!("{before}{SECRET}{after}")));
                assert!(told.contains("$TOKEN"), "{before} {after}: {told}");
            }
        }
    }

    #[test]
    fn what_is_no_secret_stays_as_it_is() {
        for text in [
            "abc 616263 YWJj \\u0061bc",
            "dG9rbjE tokn2 &#; &#x; &amp; % %z %7 \\ \\u \\u00 + å",
            "&#99999999999; &unknown; %ff%",
            &SECRET[..5],
        ] {
            assert_eq!(without(text), text);
        }
        assert_eq!(without("dG9rbjE= 746f6b6e31 tokn1"), "$TOKEN $TOKEN $TOKEN");
    }
}
