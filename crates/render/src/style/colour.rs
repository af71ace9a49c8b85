//! Colours, and whether they can be read.

use super::Colour;

/// The least contrast of text with white (WCAG 2.2, level AA).
const CONTRAST: f64 = 4.5;

impl Colour {
    /// A colour as a style file writes it: `#1d3a6b`.
    pub(super) fn parse(text: &str) -> Option<Colour> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|one| one.is_ascii_hexdigit()) {
            return None;
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Colour([red, green, blue]))
    }

    /// The colour mixed with white, of which it is one part in so many.
    pub(crate) fn tint(self, parts: u8) -> Colour {
        Colour(self.0.map(|part| 255 - (255 - part) / parts))
    }

    /// Its contrast with white, from 1 to 21.
    pub(super) fn contrast(self) -> f64 {
        let [red, green, blue] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        });
        let luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        1.05 / (luminance + 0.05)
    }

    /// Whether text in this colour can be read on white.
    pub(super) fn is_legible(self) -> bool {
        self.contrast() >= CONTRAST
    }
}
