//! What is printed: a table to read, and a line of JSON a row for programs.

use serde_json::json;

use crate::stat::{median, spread};

/// A figure beside its limit.
pub struct Row {
    /// What is done.
    pub work: String,
    /// What is counted, such as "/s" or "ms".
    pub unit: &'static str,
    /// What was measured, a value a round.
    pub measured: Vec<f64>,
    /// What limits it, if anything does.
    pub limit: Option<Limit>,
    /// What is aimed at.
    pub aim: Option<Aim>,
}

/// What limits a figure.
pub struct Limit {
    /// What it is.
    pub what: String,
    /// What was measured of it in the same rounds; none where it could not be.
    pub values: Vec<f64>,
}

/// What is aimed at: of the figure, or of its ratio to the limit.
#[derive(Debug, Clone, Copy)]
pub enum Aim {
    /// The ratio, at the least.
    RatioOver(f64),
    /// The ratio, at the most.
    RatioUnder(f64),
    /// The figure, at the least.
    Over(f64),
    /// The figure, at the most.
    Under(f64),
}

impl Row {
    /// Returns a figure without a limit and without an aim.
    pub fn new(work: impl Into<String>, unit: &'static str, measured: Vec<f64>) -> Self {
        Self { work: work.into(), unit, measured, limit: None, aim: None }
    }

    /// Adds what limits it.
    pub fn beside(mut self, what: impl Into<String>, values: Vec<f64>) -> Self {
        self.limit = Some(Limit { what: what.into(), values });
        self
    }

    /// Adds what is aimed at.
    pub fn aiming(mut self, aim: Aim) -> Self {
        self.aim = Some(aim);
        self
    }

    /// Returns the median of the rounds' ratios: what else the machine did in a round hit both.
    pub fn ratio(&self) -> Option<f64> {
        let limit = self.limit.as_ref().filter(|limit| !limit.values.is_empty())?;
        let ratios = self.measured.iter().zip(&limit.values).map(|(value, limit)| value / limit);
        Some(median(&ratios.collect::<Vec<_>>()))
    }

    /// Whether the aim is reached, if there is one and it can be said.
    pub fn reached(&self) -> Option<bool> {
        let value = median(&self.measured);
        match self.aim? {
            Aim::RatioOver(least) => self.ratio().map(|ratio| ratio >= least),
            Aim::RatioUnder(most) => self.ratio().map(|ratio| ratio <= most),
            Aim::Over(least) => Some(value >= least),
            Aim::Under(most) => Some(value <= most),
        }
    }
}

/// Returns the rows as a table in Markdown.
pub fn table(rows: &[Row]) -> String {
    let head = ["work", "measured", "spread", "limit beside it", "ratio", "aim", "reached"];
    let mut lines = vec![head.map(str::to_owned)];
    lines.extend(rows.iter().map(cells));
    let widths: [usize; 7] = std::array::from_fn(|column| {
        lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default()
    });
    let rule = widths.map(|width| "-".repeat(width));
    lines.insert(1, rule);
    let written = lines.iter().map(|line| {
        let cells = line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    });
    written.collect()
}

/// Returns a row as a line to read: what was measured, and what limits it.
pub fn line(row: &Row) -> String {
    let [work, measured, _, limit, ratio, ..] = cells(row);
    match row.limit {
        Some(_) => format!("{work}: {measured} ({limit}; {ratio})"),
        None => format!("{work}: {measured}"),
    }
}

fn cells(row: &Row) -> [String; 7] {
    let none = || "–".to_owned();
    let figure = |values: &[f64]| with_unit(median(values), row.unit);
    let limit = row.limit.as_ref().map(|limit| match limit.values[..] {
        [] => limit.what.clone(),
        _ => format!("{}: {}", limit.what, figure(&limit.values)),
    });
    let aim = row.aim.map(|aim| match aim {
        Aim::RatioOver(least) => format!("≥ {} ×", number(least)),
        Aim::RatioUnder(most) => format!("≤ {} ×", number(most)),
        Aim::Over(least) => format!("≥ {}", with_unit(least, row.unit)),
        Aim::Under(most) => format!("≤ {}", with_unit(most, row.unit)),
    });
    [
        row.work.clone(),
        figure(&row.measured),
        if row.measured.len() < 2 { none() } else { spread_of(row) },
        limit.unwrap_or_else(none),
        row.ratio().map_or_else(none, |ratio| format!("{} ×", number(ratio))),
        aim.unwrap_or_else(none),
        row.reached().map_or_else(none, |yes| if yes { "yes" } else { "no" }.to_owned()),
    ]
}

/// Returns the least and the greatest value, in the unit in which the median is written.
fn spread_of(row: &Row) -> String {
    let (least, most) = spread(&row.measured);
    let (factor, _) = scale(median(&row.measured), row.unit);
    format!("{}–{}", number(least * factor), number(most * factor))
}

fn with_unit(value: f64, unit: &'static str) -> String {
    let (factor, unit) = scale(value, unit);
    format!("{} {unit}", number(value * factor)).replace(" /", "/")
}

/// Returns the unit in which a value is easily read, and what it is multiplied by.
fn scale(value: f64, unit: &'static str) -> (f64, &'static str) {
    match unit {
        "µs" if value >= 1_000.0 => (1e-3, "ms"),
        unit => (1.0, unit),
    }
}

/// Returns the rows as JSON, one object a line.
pub fn lines(rows: &[Row]) -> String {
    let line = |row: &Row| {
        let limit = row.limit.as_ref().map(|limit| {
            json!({ "what": limit.what, "median": median(&limit.values), "values": limit.values })
        });
        let aim = row.aim.map(|aim| match aim {
            Aim::RatioOver(of) => json!({ "of": "ratio", "least": of }),
            Aim::RatioUnder(of) => json!({ "of": "ratio", "most": of }),
            Aim::Over(of) => json!({ "of": "measured", "least": of }),
            Aim::Under(of) => json!({ "of": "measured", "most": of }),
        });
        let line = json!({
            "work": row.work,
            "unit": row.unit,
            "measured": median(&row.measured),
            "values": row.measured,
            "limit": limit,
            "ratio": row.ratio(),
            "aim": aim,
            "reached": row.reached(),
        });
        format!("{line}\n")
    };
    rows.iter().map(line).collect()
}

/// Returns three digits of a number, with k or M behind it where it is large.
pub fn number(value: f64) -> String {
    let (value, suffix) = match value.abs() {
        large if large >= 999_500.0 => (value / 1e6, "M"),
        large if large >= 9_995.0 => (value / 1e3, "k"),
        _ => (value, ""),
    };
    let decimals = match value.abs() {
        large if large >= 99.95 => 0,
        large if large >= 9.995 => 1,
        large if large >= 0.0995 => 2,
        _ => 3,
    };
    format!("{value:.decimals$}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_that_of_each_round_and_an_aim_is_held_to_it() {
        // A neighbour halved both in the first round: the medians alone would say 0.5.
        let row = Row::new("work", "/s", vec![40.0, 80.0, 80.0]);
        let row = row.beside("limit", vec![50.0, 160.0, 100.0]).aiming(Aim::RatioOver(0.8));
        assert_eq!((row.ratio(), row.reached()), (Some(0.8), Some(true)));
        let row = Row::new("work", "ms", vec![3.0]).aiming(Aim::Under(2.5));
        assert_eq!((row.ratio(), row.reached()), (None, Some(false)));
        let row = row.beside("not installed", Vec::new()).aiming(Aim::RatioUnder(1.0));
        assert_eq!((row.ratio(), row.reached()), (None, None));
    }

    #[test]
    fn numbers_have_three_digits_and_times_the_unit_that_fits() {
        let written = [0.0123, 1.5, 42.04, 1_316.0, 42_800.0, 1_250_000.0].map(number);
        assert_eq!(written, ["0.012", "1.50", "42.0", "1316", "42.8k", "1.25M"]);
        assert_eq!([with_unit(99_500.0, "µs"), with_unit(12.0, "/s")], ["99.5 ms", "12.0/s"]);
    }
}
