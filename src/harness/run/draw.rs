//! Identifiers drawn from the run's seed: valid by their own standard and new to the target.

use crate::harness::api::Draw;

/// SplitMix64: small, seeded, the same on every machine. It guards nothing.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// Returns the sequence for `name` in the run of `seed`, so that a case draws the same whatever
    /// runs beside it.
    pub(crate) fn for_name(seed: u64, name: &str, attempt: u64) -> Self {
        let mut random = Random(seed ^ attempt.rotate_left(32));
        for byte in name.bytes() {
            random.0 = random.next() ^ u64::from(byte);
        }
        random
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns one of so many places, from 0.
    pub(crate) fn place(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    /// Returns a number of `low..=high`.
    fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    pub(crate) fn draw(&mut self, kind: Draw) -> String {
        match kind {
            Draw::CustomerNo => self.between(1_000_000, 9_999_999).to_string(),
            Draw::Personnummer => self.personnummer(),
            Draw::Fodselsnummer => self.fodselsnummer(),
            Draw::Guid => self.guid(),
            Draw::Text(length) => self.text(length),
            Draw::Word => self.word(),
            Draw::VatNo => self.vat_no(),
            Draw::EmailAddress(length) => self.email_address(length),
            Draw::Msisdn(length) => self.msisdn(length),
            Draw::Callback => self.callback(),
        }
    }

    fn word(&mut self) -> String {
        (0..8).map(|_| char::from(b'a' + self.between(0, 25) as u8)).collect()
    }

    /// Draws the number of a company, whose third digit is 2 or more, as its VAT number.
    fn vat_no(&mut self) -> String {
        let nine = format!("55{}", self.between(2_000_000, 9_999_999));
        format!("SE{nine}{}01", luhn_digit(&nine))
    }

    /// Draws a name of eight letters at a domain that makes up the length; one too short for both is
    /// cut off.
    fn email_address(&mut self, length: usize) -> String {
        const END: &str = "exempel.example";
        let start = format!("{}@", self.word());
        let cycle = "exempel-exempel-exempel-exempel-exempel-exempel-exempel.".chars().cycle();
        let between = cycle.take(length.saturating_sub(start.len() + END.len()));
        start.chars().chain(between).chain(END.chars()).take(length).collect()
    }

    fn msisdn(&mut self, length: usize) -> String {
        let first = self.between(1, 9).to_string();
        let rest = (2..length).map(|_| self.between(0, 9).to_string());
        let digits = std::iter::once(first).chain(rest);
        std::iter::once("+".to_owned()).chain(digits).take(length).collect()
    }

    /// Draws letters with single blanks between words: a blank at an end or a second one beside it
    /// may be trimmed. Composed letters of Latin-1 alone: each is one character however it is
    /// counted.
    fn text(&mut self, length: usize) -> String {
        const LETTERS: [char; 16] =
            ['a', 'e', 'i', 'k', 'l', 'm', 'n', 'o', 'r', 's', 't', 'å', 'ä', 'ö', 'é', 'ø'];
        let mut text = String::new();
        let mut word = 0;
        for place in 1..=length {
            if place > 2 && place < length && word >= 3 && self.between(0, 4) == 0 {
                text.push(' ');
                word = 0;
            } else {
                let letter = self.between(0, LETTERS.len() as u64 - 1) as usize;
                // The first one is beyond ASCII, so that no text is free of them.
                let letter = if place == 1 { 'Å' } else { LETTERS[letter] };
                text.push(letter);
                word += 1;
            }
        }
        text
    }

    fn personnummer(&mut self) -> String {
        let (year, month, day) =
            (self.between(1940, 2004), self.between(1, 12), self.between(1, 28));
        let nine = format!("{:02}{month:02}{day:02}{:03}", year % 100, self.between(10, 989));
        let check = luhn_digit(&nine);
        format!("{}{}-{}{check}", year / 100, &nine[..6], &nine[6..])
    }

    /// Draws a number of somebody born 1940 to 1999 with an individual number of 000 to 499;
    /// numbers whose check digit would be ten do not exist and are drawn again.
    fn fodselsnummer(&mut self) -> String {
        loop {
            let (day, month, year) =
                (self.between(1, 28), self.between(1, 12), self.between(40, 99));
            let nine = format!("{day:02}{month:02}{year:02}{:03}", self.between(0, 499));
            let Some(first) = mod11_digit(&nine, &[3, 7, 6, 1, 8, 9, 4, 5, 2]) else { continue };
            let ten = format!("{nine}{first}");
            let Some(second) = mod11_digit(&ten, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) else { continue };
            return format!("{ten}{second}");
        }
    }

    /// Draws what a callback ends in.
    fn callback(&mut self) -> String {
        format!("{:016x}{:016x}", self.next(), self.next())
    }

    fn guid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            0x8000 | (low >> 48) & 0x3fff,
            low & 0xffff_ffff_ffff
        )
    }
}

/// Returns the digit that completes `digits` to a number that passes Luhn.
fn luhn_digit(digits: &str) -> u32 {
    let sum: u32 = digits
        .bytes()
        .rev()
        .map(|byte| u32::from(byte - b'0'))
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => digit * 2 / 10 + digit * 2 % 10,
            _ => digit,
        })
        .sum();
    (10 - sum % 10) % 10
}

/// Returns the digit that completes `digits` to a multiple of eleven, unless it would be ten.
fn mod11_digit(digits: &str, weights: &[u32]) -> Option<u32> {
    let sum: u32 =
        digits.bytes().zip(weights).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    Some((11 - sum % 11) % 11).filter(|digit| *digit < 10)
}

#[cfg(test)]
mod tests {
    use super::{Draw, Random, luhn_digit, mod11_digit};

    #[test]
    fn check_digits_agree_with_numbers_known_to_be_valid() {
        for valid in ["9001010017", "8803200016", "5560160680"] {
            let (digits, check) = valid.split_at(valid.len() - 1);
            assert_eq!(luhn_digit(digits).to_string(), check, "{valid}");
        }
        for valid in ["15108695088", "31129956715"] {
            let first = mod11_digit(&valid[..9], &[3, 7, 6, 1, 8, 9, 4, 5, 2]);
            let second = mod11_digit(&valid[..10], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
            assert_eq!(format!("{}{}", first.unwrap(), second.unwrap()), valid[9..], "{valid}");
        }
    }

    #[test]
    fn drawn_identifiers_have_their_documented_form() {
        let mut random = Random::for_name(7, "case", 0);
        for _ in 0..500 {
            let customer_no = random.draw(Draw::CustomerNo);
            assert_eq!(customer_no.len(), 7, "{customer_no}");
            assert!(!customer_no.starts_with('0') && customer_no.parse::<u32>().is_ok());

            let personnummer = random.draw(Draw::Personnummer);
            assert_eq!(personnummer.len(), 13, "{personnummer}");
            assert_eq!(&personnummer[8..9], "-");
            let ten = format!("{}{}", &personnummer[2..8], &personnummer[9..]);
            assert_eq!(luhn_digit(&ten[..9]).to_string(), ten[9..], "{personnummer}");

            assert_eq!(random.draw(Draw::Fodselsnummer).len(), 11);
            let guid = random.draw(Draw::Guid);
            let groups: Vec<_> = guid.split('-').map(str::len).collect();
            assert_eq!(groups, [8, 4, 4, 4, 12], "{guid}");
            let text = random.draw(Draw::Text(73));
            assert_eq!(text.chars().count(), 73, "{text}");
            assert_eq!(text.split(' ').collect::<Vec<_>>().join(" "), text.trim());
            assert!(!text.contains("  ") && !text.is_ascii(), "{text}");
            assert!(text.chars().all(|letter| u32::from(letter) < 0x100), "{text}");
            let vat_no = random.draw(Draw::VatNo);
            assert_eq!(vat_no.len(), 14, "{vat_no}");
            assert_eq!(luhn_digit(&vat_no[2..11]).to_string(), vat_no[11..12], "{vat_no}");
            for length in [4, 5, 12, 15] {
                let msisdn = random.draw(Draw::Msisdn(length));
                assert_eq!(msisdn.len(), length, "{msisdn}");
                assert!(msisdn.starts_with('+') && msisdn[1..].parse::<u64>().is_ok(), "{msisdn}");
            }
            for length in [254, 255] {
                let address = random.draw(Draw::EmailAddress(length));
                assert_eq!(address.len(), length, "{address}");
                assert!(address[8..].starts_with('@') && address.ends_with(".example"));
            }
            assert!(random.draw(Draw::Word).bytes().all(|byte| byte.is_ascii_lowercase()));
        }
    }

    #[test]
    fn a_case_draws_the_same_in_every_run_of_a_seed_and_anew_in_a_second_attempt() {
        let drawn =
            |seed, name, attempt| Random::for_name(seed, name, attempt).draw(Draw::CustomerNo);
        assert_eq!(drawn(1, "a", 0), drawn(1, "a", 0));
        assert_ne!(drawn(1, "a", 0), drawn(1, "a", 1));
        assert_ne!(drawn(1, "a", 0), drawn(1, "b", 0));
        assert_ne!(drawn(1, "a", 0), drawn(2, "a", 0));
    }
}
