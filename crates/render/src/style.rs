//! What an authority may replace in the appearance of its documents.

mod colour;
mod drawing;
mod folder;
mod templates;

pub use folder::StyleError;
pub use templates::Templates;

use std::fmt;
use wcc_document::Document;
use wcc_document::model::Tone;

/// The appearance of documents: what an authority replaced, or the one that comes with the program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Style {
    /// The name that stands on the first page instead of the authority's name in the data.
    pub organisation: Option<String>,
    /// Words at the foot of every page.
    pub footer: Option<String>,
    /// The colours.
    pub colours: Colours,
    /// The logo on the first page.
    pub logo: Option<Logo>,
    /// The templates of its PDFs.
    pub templates: Templates,
}

impl Style {
    /// The name on the first page: that of the style, or else the authority's in the data.
    pub(crate) fn organisation_on<'a>(&'a self, document: &'a Document) -> Option<&'a str> {
        let replaced = self.organisation.as_deref();
        replaced.or(document.authority.as_deref())
    }

    /// The words at the foot of every page: those of the style, or else the cycle.
    pub(crate) fn footer_of<'a>(&'a self, document: &'a Document) -> &'a str {
        self.footer.as_deref().unwrap_or(&document.cycle)
    }
}

/// The colours of documents. Each is dark enough to be read on white.
#[derive(Clone, Debug, PartialEq)]
pub struct Colours {
    /// Headings, links and rules.
    pub accent: Colour,
    /// [`Tone::Good`](wcc_document::model::Tone::Good).
    pub good: Colour,
    /// [`Tone::Middling`](wcc_document::model::Tone::Middling).
    pub middling: Colour,
    /// [`Tone::Bad`](wcc_document::model::Tone::Bad).
    pub bad: Colour,
    /// [`Tone::Notable`](wcc_document::model::Tone::Notable).
    pub notable: Colour,
}

impl Default for Colours {
    fn default() -> Colours {
        Colours {
            accent: Colour([0x1D, 0x3A, 0x6B]),
            good: Colour([0x1B, 0x6B, 0x3A]),
            middling: Colour([0x8A, 0x55, 0x00]),
            bad: Colour([0xA8, 0x24, 0x24]),
            notable: Colour([0x2B, 0x5C, 0xA8]),
        }
    }
}

impl Colours {
    /// The colour of a tone; `None` if it has none of its own.
    pub(crate) fn of(&self, tone: Tone) -> Option<Colour> {
        match tone {
            Tone::Neutral => None,
            Tone::Good => Some(self.good),
            Tone::Middling => Some(self.middling),
            Tone::Bad => Some(self.bad),
            Tone::Notable => Some(self.notable),
        }
    }

    /// Each colour with its name in `style.toml`.
    pub(crate) fn named(&self) -> [(&'static str, Colour); 5] {
        [
            ("accent", self.accent),
            ("good", self.good),
            ("middling", self.middling),
            ("bad", self.bad),
            ("notable", self.notable),
        ]
    }
}

/// A colour: red, green, blue. It is printed as `#1d3a6b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

impl fmt::Display for Colour {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(out, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// A logo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// A PNG file, which every format can show.
    pub picture: Vec<u8>,
    /// An SVG file, which PDFs and web pages show instead: it is sharp at every size.
    pub drawing: Option<Vec<u8>>,
    /// What it shows, in words.
    pub alternative: String,
}

impl Logo {
    /// Width and height within a frame, in the proportions of the picture.
    pub(crate) fn size_within(&self, width: u64, height: u64) -> (u64, u64) {
        let Some((own_width, own_height)) = self.pixels() else {
            return (height, height);
        };
        let (own_width, own_height) = (u64::from(own_width), u64::from(own_height));
        let scaled = own_width * height / own_height;
        if scaled <= width {
            (scaled.max(1), height)
        } else {
            (width, (own_height * width / own_width).max(1))
        }
    }

    /// Width and height of a picture, as its header says.
    pub(crate) fn pixels(&self) -> Option<(u32, u32)> {
        let number = |at: usize| {
            let bytes = self.picture.get(at..at + 4)?;
            Some(u32::from_be_bytes(bytes.try_into().ok()?))
        };
        let size = (number(16)?, number(20)?);
        let is_png = self.picture.starts_with(b"\x89PNG\r\n\x1a\n");
        (is_png && size.0 > 0 && size.1 > 0).then_some(size)
    }

    /// Whether a picture has its data and its end: none of its chunks is cut off.
    fn is_complete_picture(&self) -> bool {
        /// Length of a chunk without its data: that length, its kind, its checksum.
        const FRAME: usize = 12;
        let mut rest = self.picture.get(8..).unwrap_or_default();
        let mut has_data = false;
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let kind = after.get(..4);
            let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
            let Some(next) = rest.get(length.saturating_add(FRAME)..) else {
                return false;
            };
            match kind {
                Some(b"IEND") => return has_data,
                Some(b"IDAT") => has_data |= length > 0,
                _ => {}
            }
            rest = next;
        }
        false
    }
}
