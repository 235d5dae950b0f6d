//! Codes of countries: ISO 3166-1 alpha-2 (reading 69).

/// The codes that are assigned.
const ASSIGNED: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ \
    BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ \
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ \
    EC EE EG EH ER ES ET FI FJ FK FM FO FR \
    GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU \
    ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ \
    LA LB LC LI LK LR LS LT LU LV LY \
    MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ \
    NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA \
    RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ \
    TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ \
    VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// The codes that are reserved: exceptionally, transitionally and indeterminately.
const RESERVED: &str = "\
    AC CP CQ DG EA EU EZ FX IC SU TA UK UN AN BU CS NT TP YU ZR \
    DY EW FL JA LF PI RA RB RC RH RI RL RM RN RP SF WG WL WV YV";

/// Of each first letter, a bit for each second one that makes a code with it.
const CODES: [u32; 26] = {
    let mut codes = [0; 26];
    let lists = [ASSIGNED.as_bytes(), RESERVED.as_bytes()];
    let mut list = 0;
    while list < lists.len() {
        let mut at = 0;
        while at < lists[list].len() {
            let (first, second) = (lists[list][at] - b'A', lists[list][at + 1] - b'A');
            codes[first as usize] |= 1 << second;
            at += "AD ".len();
        }
        list += 1;
    }
    codes
};

/// Returns whether two letters, in any case, are a code that is assigned, reserved, or reserved to
/// users (AA, QM to QZ, XA to XZ, ZZ), as Kosovo's XK is. Of other texts the form is wrong, which
/// is not said here.
pub fn is_code(text: &str) -> bool {
    let [first, second] = *text.as_bytes() else { return true };
    let code = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
    match code {
        [b'A'..=b'Z', b'A'..=b'Z'] => {}
        _ => return true,
    }
    matches!(&code, b"AA" | b"ZZ" | [b'Q', b'M'..=b'Z'] | [b'X', _])
        || CODES[usize::from(code[0] - b'A')] >> (code[1] - b'A') & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::{ASSIGNED, RESERVED, is_code};

    #[test]
    fn a_code_is_assigned_or_reserved_in_any_case_and_no_other_pair_of_letters_is_one() {
        assert_eq!(ASSIGNED.split(' ').count(), 249);
        let all: Vec<&str> = [ASSIGNED, RESERVED].iter().flat_map(|list| list.split(' ')).collect();
        assert!(all.iter().all(|code| code.len() == 2));
        let unique: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(unique.len(), all.len());
        assert!(all.iter().all(|code| is_code(code)));
        let letters = || (b'A'..=b'Z').map(char::from);
        let pairs =
            letters().flat_map(|first| letters().map(move |second| format!("{first}{second}")));
        let known = pairs.filter(|pair| is_code(pair)).count();
        // Those reserved to users, of which none is in the lists but XK's like: AA, ZZ, 14 of Q, 26 of X.
        assert_eq!(known, all.len() + 2 + 14 + 26);
        for (code, is) in [
            ("SE", true),
            ("se", true),
            ("No", true),
            ("AX", true),
            ("UK", true),
            ("EU", true),
            ("XK", true),
            ("QM", true),
            ("JJ", false),
            ("jj", false),
            ("AB", false),
            ("QB", false),
            ("ZY", false),
        ] {
            assert_eq!(is_code(code), is, "{code}");
        }
    }
}
