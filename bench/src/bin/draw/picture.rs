//! The drawing: panels one below the other, a bar for each contender, this library's in another colour.

use crate::panel::{Panel, shown};
use locals_bench::results::Figure;
use plotters::{
    coord::Shift,
    prelude::{
        Color, DrawingArea, FontFamily, FontStyle, IntoDrawingArea, PathElement, RGBColor,
        Rectangle, SVGBackend, TextStyle, WHITE,
    },
    style::text_anchor::{HPos, Pos, VPos},
};
use std::error::Error;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn Error>>;

// In pixels.
const WIDTH: u32 = 900;
const MARGIN: i32 = 16;
const TITLE: i32 = 30;
const ROW: i32 = 20;
const BAR: i32 = 12;
/// Where the bars begin, and where the longest one ends.
const BARS: [i32; 2] = [290, 780];

const OURS: RGBColor = RGBColor(0x1f, 0x77, 0xb4);
const OTHERS: RGBColor = RGBColor(0xb0, 0xb0, 0xb0);
const INK: RGBColor = RGBColor(0x30, 0x30, 0x30);

pub fn draw(path: &str, caption: &str, panels: &[Panel<'_>]) -> Drawn {
    let height: i32 = panels.iter().map(height_of).sum();
    let height = u32::try_from(height + TITLE + MARGIN)?;
    let area = SVGBackend::new(path, (WIDTH, height)).into_drawing_area();
    area.fill(&WHITE)?;
    write(&area, caption, (MARGIN, TITLE / 2), &words(HPos::Left))?;
    let mut top = TITLE;
    for panel in panels {
        draw_panel(&area, panel, top)?;
        top += height_of(panel);
    }
    Ok(area.present()?)
}

fn draw_panel(area: &Area<'_>, panel: &Panel<'_>, top: i32) -> Drawn {
    write(area, &panel.title, (MARGIN, top + TITLE / 2), &title())?;
    let [left, right] = BARS;
    let scale = f64::from(right - left) / panel.most();
    let mut middle = top + TITLE + ROW / 2;
    for figure in &panel.figures {
        draw_bar(area, figure, middle, scale)?;
        middle += ROW;
    }
    Ok(())
}

fn draw_bar(area: &Area<'_>, figure: &Figure, middle: i32, scale: f64) -> Drawn {
    let [left, _] = BARS;
    // No further than the right end: `scale` is that of the longest bar.
    let place = |value: f64| left + (value.max(0.0) * scale).round() as i32;
    let colour = if is_ours(figure) { OURS } else { OTHERS };
    let corners = [
        (left, middle - BAR / 2),
        (place(figure.value), middle + BAR / 2),
    ];
    write(
        area,
        &figure.contender,
        (left - 8, middle),
        &words(HPos::Right),
    )?;
    area.draw(&Rectangle::new(corners, colour.filled()))?;
    let mut end = place(figure.value);
    if let Some([least, most]) = figure.range {
        let line = [(place(least), middle), (place(most), middle)];
        area.draw(&PathElement::new(line, INK))?;
        end = end.max(place(most));
    }
    write(
        area,
        &shown(figure.value),
        (end + 8, middle),
        &words(HPos::Left),
    )
}

fn is_ours(figure: &Figure) -> bool {
    figure.contender.starts_with("locals") || figure.contender == "with_locals"
}

fn height_of(panel: &Panel<'_>) -> i32 {
    panel.figures.iter().fold(TITLE, |height, _| height + ROW)
}

fn write(area: &Area<'_>, text: &str, at: (i32, i32), style: &TextStyle<'_>) -> Drawn {
    Ok(area.draw_text(text, style, at)?)
}

fn words(from: HPos) -> TextStyle<'static> {
    let font = (FontFamily::SansSerif, 15.0);
    TextStyle::from(font)
        .color(&INK)
        .pos(Pos::new(from, VPos::Center))
}

fn title() -> TextStyle<'static> {
    let font = (FontFamily::SansSerif, 16.0, FontStyle::Bold);
    TextStyle::from(font)
        .color(&INK)
        .pos(Pos::new(HPos::Left, VPos::Center))
}
