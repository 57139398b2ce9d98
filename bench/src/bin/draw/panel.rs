//! What is compared with each other: the figures of one benchmark that tell the same.

use locals_bench::results::Figure;

pub struct Panel<'a> {
    pub title: String,
    pub figures: Vec<&'a Figure>,
}

/// In the order in which they come; a bar alone would compare nothing.
pub fn panels(figures: &[Figure]) -> Vec<Panel<'_>> {
    let mut panels: Vec<Panel<'_>> = Vec::new();
    for figure in figures {
        let title = title(figure);
        match panels.iter_mut().find(|panel| panel.title == title) {
            Some(panel) => panel.figures.push(figure),
            None => panels.push(Panel {
                title,
                figures: vec![figure],
            }),
        }
    }
    panels.retain(|panel| panel.figures.len() > 1);
    panels
}

fn title(figure: &Figure) -> String {
    let Figure {
        benchmark,
        what,
        unit,
        ..
    } = figure;
    // The unit is often said already.
    if what.contains(unit.as_str()) {
        format!("{benchmark}: {what}")
    } else {
        format!("{benchmark}: {what}, in {unit}")
    }
}

impl Panel<'_> {
    /// How long the longest bar is.
    pub fn most(&self) -> f64 {
        let ends = self.figures.iter().map(|figure| end(figure));
        ends.fold(f64::MIN_POSITIVE, f64::max)
    }
}

/// Where the bar of a figure ends, or the mark of its rounds.
fn end(figure: &Figure) -> f64 {
    figure
        .range
        .map_or(figure.value, |[_, most]| most.max(figure.value))
}

/// With three digits or all before the point, these in groups of three.
pub fn shown(value: f64) -> String {
    let decimals = match value.abs() {
        large if large >= 100.0 => 0,
        large if large >= 10.0 => 1,
        _ => 2,
    };
    let plain = format!("{value:.decimals$}");
    let (whole, fraction) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let (sign, digits) = whole.split_at(whole.len() - whole.trim_start_matches('-').len());
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_else_has_measured_is_not_drawn() {
        let figure = |what: &str| Figure {
            benchmark: "scale".to_owned(),
            what: what.to_owned(),
            unit: "µs".to_owned(),
            contender: "locals".to_owned(),
            value: 1.0,
            range: None,
        };
        let figures = ["alone", "a page", "a page"].map(figure);
        let titles: Vec<_> = panels(&figures)
            .into_iter()
            .map(|panel| panel.title)
            .collect();
        assert_eq!(titles, ["scale: a page, in µs"]);
    }

    #[test]
    fn a_number_has_what_can_be_told_of_it() {
        let numbers = [0.0, 0.391, 12.34, 123.4, 4567.8, -1234.4, 1_234_567.0];
        let shown = numbers.map(shown);
        let expected = [
            "0.00",
            "0.39",
            "12.3",
            "123",
            "4 568",
            "-1 234",
            "1 234 567",
        ];
        assert_eq!(shown, expected);
    }
}
