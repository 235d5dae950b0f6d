//! Check digits of numbers that countries and banks give. None is asked for by a document, whose
//! own examples fail theirs; a server may ask for them all the same (readings 50, 55, 107).

/// Returns whether the last digit of `digits` completes the others by Luhn.
pub fn luhn(digits: &str) -> bool {
    let doubled = digits.bytes().rev().enumerate().map(|(place, byte)| {
        let digit = u32::from(byte.wrapping_sub(b'0'));
        if place % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { digit }
    });
    is_number(digits) && doubled.sum::<u32>().is_multiple_of(10)
}

/// Returns whether `digits`, each times its weight, sum up to a multiple of eleven.
pub fn mod11(digits: &str, weights: &[u32]) -> bool {
    let weighted = digits.bytes().zip(weights);
    let sum: u32 = weighted.map(|(byte, weight)| u32::from(byte.wrapping_sub(b'0')) * weight).sum();
    is_number(digits) && sum.is_multiple_of(11)
}

/// Returns whether an IBAN is one by its remainder of 97 (ISO 13616), blanks or not.
pub fn iban(iban: &str) -> bool {
    let plain: String = iban.chars().filter(|c| *c != ' ').collect();
    let Some((head, rest)) = plain.split_at_checked(4) else { return false };
    let values = rest.chars().chain(head.chars()).map(|c| c.to_digit(36));
    let remainder = values.into_iter().try_fold(0, |remainder, value| {
        let value = value?;
        Some((remainder * if value < 10 { 10 } else { 100 } + value) % 97)
    });
    remainder == Some(1)
}

/// Returns whether the identity number of a person or a business has its check digits. Numbers of a
/// country or of a length that is not known here have.
pub fn identity(country: &str, number: &str) -> bool {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    match (country, digits.len()) {
        ("SE", 12) => luhn(&digits[2..]),
        ("SE", 10) => luhn(&digits),
        ("NO", 11) => {
            mod11(&digits[..10], &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1])
                && mod11(&digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1])
        }
        ("NO", 9) => mod11(&digits, &[3, 2, 7, 6, 5, 4, 3, 2, 1]),
        _ => true,
    }
}

/// Returns whether a VAT number of Sweden or Norway is that of a business (`SE` + number + `01`,
/// number + `MVA`); those of other countries are.
pub fn vat(number: &str) -> bool {
    if let Some(business) = number.strip_prefix("SE") {
        let business = business.strip_suffix("01").filter(|it| it.len() == 10 && is_number(it));
        return business.is_some_and(|business| identity("SE", business));
    }
    let business = number.strip_prefix("NO").unwrap_or(number).strip_suffix("MVA");
    business.is_none_or(|business| is_number(business) && identity("NO", business))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{iban, identity, luhn, mod11, vat};

    /// Numbers known to be valid, and each of them with a digit changed.
    #[test]
    fn a_number_passes_and_its_neighbour_does_not() {
        for (check, valid, broken) in [
            (luhn as fn(&str) -> bool, "1609908", "1609907"),
            (|it| mod11(it, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]), "86011117947", "86011117948"),
            (iban, "NO9386011117947", "NO9386011117948"),
            (iban, "NO93 8601 1117 947", "NO9"),
            (|it| identity("SE", it), "19900101-0017", "19900101-0018"),
            (|it| identity("SE", it), "556016-0680", "556016-0681"),
            (|it| identity("NO", it), "15108695088", "15108695089"),
            (|it| identity("NO", it), "988077917", "988077916"),
            (|it| identity("DK", it), "anything", "19900101-0018"),
            (vat, "SE556016068001", "SE556016068101"),
            (vat, "995525828MVA", "995525829MVA"),
            (vat, "FR12345678912", "SE1"),
        ] {
            assert!(check(valid), "{valid}");
            assert_eq!(check(broken), broken == "19900101-0018" && valid == "anything", "{broken}");
        }
    }
}
