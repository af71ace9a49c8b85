//! A sheet that is filled from top to bottom.

use super::{Result, WriteError, Writer, number};
use crate::direction::starts_right_to_left;
use crate::style::{Colour, Logo};
use crate::words;
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Image, Url, Worksheet};
use wcc_document::model::{Align, Orientation, Text, Tone};

/// The maximum number of characters of a cell in Excel.
pub(super) const MAX_CHARACTERS: usize = 32_767;
/// Width of the first column, in characters: it has the names of rows.
const FIRST: f64 = 46.0;
/// Width of every other column.
const OTHER: f64 = 14.0;
/// Last of the columns over which a paragraph runs.
const TEXT: u16 = 5;
/// Columns that have their width from the start.
const COLUMNS: u16 = 24;
/// Height of a line of text, in points.
const LINE: f64 = 15.0;
/// The maximum height of a row in Excel, in points.
const MAX_HEIGHT: f64 = 409.0;
/// The largest logo, in pixels: it fits into the first column.
const LOGO: (u64, u64) = (230, 76);
/// Points of a pixel.
const PIXEL: f64 = 0.75;
/// A longer paragraph gets several rows, because a row can be no higher.
const PARAGRAPH: usize = 2_400;

/// How a line looks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Plain,
    Quiet,
    Strong,
    Title,
    Heading(u8),
    Caption,
    Notice,
    Nothing,
}

/// A sheet and the next free row.
pub(super) struct Sheet<'a> {
    pub(super) page: &'a mut Worksheet,
    pub(super) row: u32,
    writer: &'a Writer<'a>,
    /// Rows that stay in view.
    frozen: Option<u32>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(
        page: &'a mut Worksheet,
        writer: &'a Writer<'_>,
        name: &str,
    ) -> Result<Sheet<'a>> {
        page.set_name(name)?;
        page.set_column_width(0, FIRST)?;
        for column in 1..COLUMNS {
            page.set_column_width(column, OTHER)?;
        }
        page.set_screen_gridlines(false);
        Ok(Sheet {
            page,
            row: 0,
            writer,
            frozen: None,
        })
    }

    /// What is printed, and what stands on each printed page.
    pub(super) fn finish(self) -> Result<()> {
        let document = self.writer.document;
        if document.orientation == Orientation::Landscape {
            self.page.set_landscape();
        }
        // A4, as wide as the page.
        self.page.set_paper_size(9);
        self.page.set_print_fit_to_pages(1, 0);
        let title = in_header(&words::title(document));
        let status = in_header(words::status(&document.status));
        let draft = if words::is_draft(document) {
            status
        } else {
            String::new()
        };
        self.page.set_header(format!("&L{title}&R{draft}"));
        let foot = self.writer.style.footer_of(document);
        self.page
            .set_footer(format!("&L{}&RPage &P of &N", in_header(foot)));
        if let Some(rows) = self.frozen {
            self.page.set_freeze_panes(rows, 0)?;
            self.page.set_repeat_rows(0, rows.saturating_sub(1))?;
        }
        Ok(())
    }

    /// The rows so far stay in view and are repeated on each page.
    pub(super) fn freeze_here(&mut self) {
        self.frozen = Some(self.row);
    }

    /// The rows so far stay in view if a table begins at once: `first` is the row of its caption.
    pub(super) fn freeze_head(&mut self, first: u32) {
        if self.frozen == Some(first) {
            self.frozen = Some(self.row);
        }
    }

    /// A logo in a row of its own.
    pub(super) fn logo(&mut self, logo: &Logo) -> Result<()> {
        let (width, height) = logo.size_within(LOGO.0, LOGO.1);
        let pixels = |size: u64| u32::try_from(size).map_or(1.0, f64::from);
        let (width, height) = (pixels(width), pixels(height));
        let image = Image::new_from_buffer(&logo.picture)?
            .set_alt_text(&logo.alternative)
            .set_scale_to_size(width, height, false);
        self.page.set_row_height(self.row, height * PIXEL)?;
        self.page.insert_image(self.row, 0, &image)?;
        self.row = self.row.saturating_add(1);
        Ok(())
    }

    pub(super) fn line(&mut self, text: &str, look: Look) -> Result<()> {
        self.paragraph(&Text::plain(text), look, 0, None)
    }

    /// A paragraph over several columns, with its indentation and its marker.
    pub(super) fn paragraph(
        &mut self,
        text: &Text,
        look: Look,
        indent: u8,
        marker: Option<&str>,
    ) -> Result<()> {
        let mut words = text.to_plain();
        if let Some(marker) = marker {
            words = format!("{marker} {words}");
        }
        let format = self.look(look).set_indent(indent);
        for part in rows(&words) {
            let size = match look {
                Look::Title => 2.0,
                Look::Heading(1) => 1.6,
                Look::Heading(2) => 1.3,
                _ => 1.0,
            };
            let width = (FIRST + OTHER * f64::from(TEXT) - f64::from(indent) * 2.0) / size;
            self.page
                .set_row_height(self.row, height(part, width) * size)?;
            let format = directed(format.clone(), part);
            check_length(part)?;
            self.page
                .merge_range(self.row, 0, self.row, TEXT, part, &format)?;
            self.row += 1;
        }
        Ok(())
    }

    pub(super) fn link(&mut self, url: Url) -> Result<()> {
        self.page.write_url(self.row, 0, url)?;
        self.row += 1;
        Ok(())
    }

    /// A name with its value, which runs over several columns.
    pub(super) fn fact(&mut self, name: &str, value: &str, tone: Tone) -> Result<()> {
        check_length(value)?;
        let height = height(value, OTHER * f64::from(TEXT)).max(height(name, FIRST));
        self.page.set_row_height(self.row, height)?;
        let format = directed(cell().set_font_color(QUIET), name);
        self.page
            .write_string_with_format(self.row, 0, name, &format)?;
        let format = directed(self.toned(cell(), tone), value);
        self.page
            .merge_range(self.row, 1, self.row, TEXT, value, &format)?;
        self.row += 1;
        Ok(())
    }

    /// A cell with text.
    pub(super) fn text(&mut self, column: u16, text: &str, format: Format) -> Result<()> {
        check_length(text)?;
        let format = directed(format, text);
        if text.is_empty() {
            self.page.write_blank(self.row, column, &format)?;
        } else {
            self.page
                .write_string_with_format(self.row, column, text, &format)?;
        }
        Ok(())
    }

    /// A cell with a number that is shown as its words.
    pub(super) fn number(
        &mut self,
        column: u16,
        number: f64,
        words: &str,
        format: Format,
    ) -> Result<()> {
        let format = match number::format(words) {
            Some(shown) => format.set_num_format(shown),
            None => format,
        };
        self.page
            .write_number_with_format(self.row, column, number, &format)?;
        Ok(())
    }

    /// A cell with a heading, over several columns if it has to be.
    pub(super) fn head(&mut self, first: u16, last: u16, text: &str, align: Align) -> Result<()> {
        let format = aligned(self.head_format(), align);
        if last > first {
            check_length(text)?;
            self.page
                .merge_range(self.row, first, self.row, last, text, &format)?;
            return Ok(());
        }
        self.text(first, text, format)
    }

    fn head_format(&self) -> Format {
        let accent = colour(self.writer.style.colours.accent);
        cell()
            .set_bold()
            .set_font_color(accent)
            .set_background_color(PANEL)
            .set_border_bottom(FormatBorder::Medium)
            .set_border_bottom_color(accent)
            .set_align(FormatAlign::Bottom)
    }

    /// The height of the current row, for the texts of its cells.
    pub(super) fn fit<'t>(&mut self, texts: impl Iterator<Item = (u16, &'t str)>) -> Result<()> {
        let heights =
            texts.map(|(column, text)| height(text, if column == 0 { FIRST } else { OTHER }));
        let height = heights.fold(LINE, f64::max);
        self.page.set_row_height(self.row, height)?;
        Ok(())
    }

    /// A format in the colours of a tone.
    pub(super) fn toned(&self, format: Format, tone: Tone) -> Format {
        let Some(own) = self.writer.style.colours.of(tone) else {
            return format;
        };
        format
            .set_bold()
            .set_font_color(colour(own))
            .set_background_color(colour(own.tint(10)))
    }

    fn look(&self, look: Look) -> Format {
        let accent = colour(self.writer.style.colours.accent);
        let format = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        match look {
            Look::Plain => format,
            Look::Quiet => format.set_font_color(QUIET),
            Look::Strong => format.set_bold(),
            Look::Title => format.set_bold().set_font_size(22).set_font_color(accent),
            Look::Heading(1) => format.set_bold().set_font_size(18).set_font_color(accent),
            Look::Heading(2) => format.set_bold().set_font_size(14).set_font_color(accent),
            Look::Heading(_) => format.set_bold().set_font_size(12).set_font_color(accent),
            Look::Caption => format.set_bold(),
            Look::Notice => format
                .set_background_color(PANEL)
                .set_border_left(FormatBorder::Thick)
                .set_border_left_color(accent),
            Look::Nothing => format.set_italic().set_font_color(QUIET),
        }
    }
}

/// Grey of secondary text.
pub(super) const QUIET: Color = Color::RGB(0x0055_606F);
/// Ground of heads and notices.
const PANEL: Color = Color::RGB(0x00F3_F6FA);

/// The format of a cell in a table.
pub(super) fn cell() -> Format {
    Format::new()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_border_bottom(FormatBorder::Hair)
}

pub(super) fn aligned(format: Format, align: Align) -> Format {
    match align {
        Align::Start => format,
        Align::Centre => format.set_align(FormatAlign::Center),
        Align::End => format.set_align(FormatAlign::Right),
    }
}

pub(super) fn colour(colour: Colour) -> Color {
    let [red, green, blue] = colour.0.map(u32::from);
    Color::RGB((red << 16) | (green << 8) | blue)
}

/// A format for text that is read from right to left, if it is.
fn directed(format: Format, text: &str) -> Format {
    if starts_right_to_left(text) {
        format.set_reading_direction(2)
    } else {
        format
    }
}

fn check_length(text: &str) -> Result<()> {
    let length = text.encode_utf16().count();
    if length > MAX_CHARACTERS {
        let start = text.chars().take(40).collect();
        return Err(WriteError::TooLong { start, length });
    }
    Ok(())
}

/// The rows of a paragraph: one, unless it is very long.
fn rows(text: &str) -> Vec<&str> {
    let mut rows = Vec::new();
    let mut rest = text;
    while let Some((at, _)) = rest.char_indices().nth(PARAGRAPH) {
        let (start, _) = rest.split_at(at);
        let at = start.rfind(' ').map_or(at, |space| space + 1);
        let (row, next) = rest.split_at(at);
        rows.push(row);
        rest = next;
    }
    rows.push(rest);
    rows
}

/// The height in points of wrapped text in a width of so many characters.
fn height(text: &str, width: f64) -> f64 {
    let lines = text.lines().map(|line| {
        let characters = u32::try_from(line.chars().count()).unwrap_or(u32::MAX);
        (f64::from(characters) * 1.08 / width).ceil().max(1.0)
    });
    (LINE * lines.sum::<f64>()).clamp(LINE, MAX_HEIGHT)
}

/// Text at the head or foot of a printed page, where `&` is special and the length is limited.
fn in_header(text: &str) -> String {
    text.chars().take(90).collect::<String>().replace('&', "&&")
}
