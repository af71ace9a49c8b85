//! Charts: their words, their figures, and a chart that the software draws from them.

use super::sheet::{Look, Sheet, cell, colour};
use super::{Result, Writer};
use crate::figures::Figures;
use crate::style::Colour;
use rust_xlsxwriter::{
    Chart as Drawing, ChartFormat, ChartLegendPosition, ChartLine, ChartLineDashType, ChartMarker,
    ChartMarkerType, ChartPatternFill, ChartPatternFillType, ChartSolidFill, ChartType,
};
use wcc_document::model::{Align, Chart, LineChart, LineRole, SpreadChart};

/// Size of a chart, in pixels.
const SIZE: (u32, u32) = (760, 340);
/// The colour of what has none of its own.
const GREY: Colour = Colour([0x55, 0x60, 0x6F]);
/// Rows that a chart covers.
const ROWS: u32 = 18;

/// Where the figures of a chart are.
struct Range {
    sheet: String,
    head: u32,
    last: u32,
}

impl Writer<'_> {
    pub(super) fn chart(&self, sheet: &mut Sheet<'_>, chart: &Chart) -> Result<()> {
        let figures = Figures::of_unbroken(chart);
        sheet.line(&figures.caption, Look::Caption)?;
        sheet.line(figures.alternative, Look::Quiet)?;
        if figures.rows.is_empty() {
            sheet.row += 1;
            return Ok(());
        }
        let head = sheet.row;
        sheet.fit((0..).zip(figures.headings.iter().map(String::as_str)))?;
        for (column, heading) in (0_u16..).zip(&figures.headings) {
            let align = if column == 0 {
                Align::Start
            } else {
                Align::End
            };
            sheet.head(column, column, heading, align)?;
        }
        sheet.row += 1;
        for row in &figures.rows {
            for (column, figure) in (0_u16..).zip(row) {
                match figure.number.filter(|number| number.is_finite()) {
                    Some(number) => sheet.number(column, number, &figure.words, cell())?,
                    None => sheet.text(column, &figure.words, cell())?,
                }
            }
            sheet.row += 1;
        }
        let range = Range {
            sheet: sheet.page.name(),
            head,
            last: sheet.row - 1,
        };
        let mut drawing = match chart {
            Chart::Lines(chart) => self.lines(chart, &range),
            Chart::Spread(chart) => self.spread(chart, &range),
        };
        drawing
            .set_width(SIZE.0)
            .set_height(SIZE.1)
            .set_alt_text(figures.alternative.chars().take(250).collect::<String>());
        drawing.title().set_name(&figures.caption);
        sheet.page.insert_chart(sheet.row + 1, 0, &drawing)?;
        sheet.row += ROWS + 1;
        Ok(())
    }

    fn lines(&self, chart: &LineChart, range: &Range) -> Drawing {
        let mut drawing = Drawing::new(ChartType::Line);
        let [lowest, highest] = chart.range;
        drawing
            .y_axis()
            .set_min(lowest)
            .set_max(highest)
            .set_name(&chart.unit);
        drawing.legend().set_position(ChartLegendPosition::Right);
        let mut column = 1;
        for line in &chart.lines {
            for _ in line.points.chunk_by(|_, next| !next.breaks) {
                let (dashes, marker, own) = self.line_look(line.role);
                let width = if line.role == LineRole::Own { 2.5 } else { 1.5 };
                let stroke = ChartLine::new()
                    .set_color(colour(own))
                    .set_width(width)
                    .set_dash_type(dashes)
                    .clone();
                let fill = ChartSolidFill::new().set_color(colour(own)).clone();
                range
                    .series(&mut drawing, column)
                    .set_format(ChartFormat::new().set_line(&stroke))
                    .set_marker(
                        ChartMarker::new()
                            .set_type(marker)
                            .set_size(6)
                            .set_format(ChartFormat::new().set_solid_fill(&fill)),
                    );
                column += 1;
            }
        }
        drawing
    }

    fn line_look(&self, role: LineRole) -> (ChartLineDashType, ChartMarkerType, Colour) {
        let colours = &self.style.colours;
        match role {
            LineRole::Own => (
                ChartLineDashType::Solid,
                ChartMarkerType::Circle,
                colours.accent,
            ),
            LineRole::National => (ChartLineDashType::Solid, ChartMarkerType::Square, GREY),
            LineRole::Peers => (
                ChartLineDashType::Dash,
                ChartMarkerType::Triangle,
                colours.middling,
            ),
            LineRole::TopDecile => (
                ChartLineDashType::RoundDot,
                ChartMarkerType::Diamond,
                colours.good,
            ),
            LineRole::Trajectory => (
                ChartLineDashType::LongDashDot,
                ChartMarkerType::X,
                colours.notable,
            ),
        }
    }

    fn spread(&self, chart: &SpreadChart, range: &Range) -> Drawing {
        let mut drawing = Drawing::new(ChartType::BarStacked);
        // The first bar stands at the top, as in the table.
        drawing.x_axis().set_reverse();
        drawing.legend().set_position(ChartLegendPosition::Bottom);
        let patterns = [
            ChartPatternFillType::Dotted5Percent,
            ChartPatternFillType::DiagonalStripesWideUpwards,
            ChartPatternFillType::HorizontalStripesDark,
            ChartPatternFillType::DottedGrid,
        ];
        let steps = chart.steps.iter().map(|(_, tone)| Some(*tone));
        let columns = steps.chain([None]).zip(patterns.iter().cycle());
        for (column, (tone, pattern)) in (1_u16..).zip(columns) {
            let own = tone.and_then(|tone| self.style.colours.of(tone));
            let own = own.unwrap_or(GREY);
            let pattern = ChartPatternFill::new()
                .set_pattern(*pattern)
                .set_foreground_color(colour(own))
                .set_background_color(colour(own.tint(3)))
                .clone();
            let edge = ChartLine::new().set_color(colour(own)).clone();
            let mut format = ChartFormat::new();
            format.set_border(&edge);
            if tone.is_some() {
                format.set_pattern_fill(&pattern);
            } else {
                format.set_no_fill();
            }
            range
                .series(&mut drawing, column)
                .set_format(&mut format)
                .set_gap(60);
        }
        drawing
    }
}

impl Range {
    /// A series of a column of figures.
    fn series<'d>(
        &self,
        drawing: &'d mut Drawing,
        column: u16,
    ) -> &'d mut rust_xlsxwriter::ChartSeries {
        let name = self.sheet.as_str();
        drawing
            .add_series()
            .set_name((name, self.head, column))
            .set_categories((name, self.head + 1, 0, self.last, 0))
            .set_values((name, self.head + 1, column, self.last, column))
    }
}
