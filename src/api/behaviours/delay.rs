//! How long an answer is held back: `80ms`, or `80ms±20ms`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The longest, which no client waits for.
const LONGEST: Duration = Duration::from_secs(3_600);

/// A time, and how far from it a single delay may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delay {
    mean: Duration,
    spread: Duration,
}

impl FromStr for Delay {
    type Err = String;

    /// Reads `80ms`, `1.5s`, `80ms±20ms` or `80ms+-20ms`.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("\"{text}\" is no delay such as 80ms, 1.5s, 80ms±20ms or 80ms+-20ms");
        let parts = text.split_once('±').or_else(|| text.split_once("+-"));
        let (mean, spread) = parts.unwrap_or((text, "0s"));
        let mean = time(mean).ok_or_else(wrong)?;
        let spread = time(spread).ok_or_else(wrong)?;
        if spread > mean {
            return Err(format!(
                "\"{text}\" would answer before it is asked: ± is at most the delay"
            ));
        }
        Ok(Self { mean, spread })
    }
}

/// Reads a number and a unit.
fn time(text: &str) -> Option<Duration> {
    let text = text.trim();
    let at = text.find(|it: char| !it.is_ascii_digit() && it != '.')?;
    let (number, unit) = text.split_at(at);
    let seconds = match unit {
        // A micro sign, or the Greek letter that looks like it.
        "us" | "\u{b5}s" | "\u{3bc}s" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        _ => return None,
    };
    let number: f64 = number.parse().ok()?;
    Duration::try_from_secs_f64(number * seconds).ok().filter(|time| *time <= LONGEST)
}

impl Delay {
    /// Returns one within the bounds, each as likely as another.
    pub(super) fn draw(&self, random: &mut fastrand::Rng) -> Duration {
        let (mean, spread) = (self.mean.as_secs_f64(), self.spread.as_secs_f64());
        let seconds = mean - spread + 2.0 * spread * random.f64();
        Duration::try_from_secs_f64(seconds).unwrap_or(self.mean)
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.mean)?;
        if self.spread.is_zero() { Ok(()) } else { write!(f, "±{:?}", self.spread) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_read_in_each_of_its_spellings_and_drawn_within_its_bounds() {
        let mut random = fastrand::Rng::with_seed(1);
        for (text, least, most) in [
            ("80ms", 80_000, 80_000),
            ("80ms±20ms", 60_000, 100_000),
            ("80ms+-20ms", 60_000, 100_000),
            ("1.5s", 1_500_000, 1_500_000),
            ("0.1s ± 100ms", 0, 200_000),
            ("250us", 250, 250),
        ] {
            let delay: Delay = text.parse().unwrap();
            for _ in 0..100 {
                let drawn = delay.draw(&mut random).as_micros();
                assert!((least..=most).contains(&drawn), "{text}: {drawn}");
            }
            assert_eq!(delay.to_string().parse(), Ok(delay), "{text}");
        }
        for wrong in ["", "80", "ms", "-1ms", "1e3ms", "80ms±", "10ms±20ms", "80 weeks", "2000m"]
        {
            assert!(wrong.parse::<Delay>().is_err(), "{wrong}");
        }
    }
}
