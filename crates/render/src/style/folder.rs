//! Reads the style of an authority from a folder: `style.toml`, `logo.png` and `logo.svg`; its templates
//! are read by [`Templates`].

use super::drawing::{self, DrawingFault};
use super::{Colour, Colours, Logo, Style, Templates};
use serde::Deserialize;
use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// The maximum size of `style.toml`.
const MOST_TEXT: u64 = 64 * 1024;
/// The maximum size of a logo: it is in every document.
const MOST_LOGO: u64 = 512 * 1024;
/// The maximum width and height of a picture.
const MOST_PIXELS: u32 = 4_096;
/// The maximum number of characters of a name or of the words at the foot.
const MOST_WORDS: usize = 200;
/// The format of style files.
const FORMAT: i64 = 1;

/// A style that cannot be used, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StyleError {
    /// The file.
    pub file: PathBuf,
    /// The line, if the fault is in one.
    pub line: Option<usize>,
    /// What is wrong, and what to do.
    pub message: String,
}

impl std::error::Error for StyleError {}

impl fmt::Display for StyleError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(out, ":{line}")?;
        }
        write!(out, ": {}", self.message)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    format: Spanned<i64>,
    organisation: Option<Spanned<String>>,
    footer: Option<Spanned<String>>,
    logo_text: Option<Spanned<String>>,
    #[serde(default)]
    colours: ColoursTable,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ColoursTable {
    accent: Option<Spanned<String>>,
    good: Option<Spanned<String>>,
    middling: Option<Spanned<String>>,
    bad: Option<Spanned<String>>,
    notable: Option<Spanned<String>>,
}

impl Style {
    /// Reads a style from a folder.
    ///
    /// # Errors
    /// A file cannot be read, is too large, or has a fault. A style with a fault is not used at
    /// all.
    pub fn read(folder: &Path) -> Result<Style, StyleError> {
        let path = folder.join("style.toml");
        let bytes = read(&path, MOST_TEXT)?.ok_or_else(|| StyleError {
            file: path.clone(),
            line: None,
            message: "not found: a folder of a style has a file of this name".to_owned(),
        })?;
        let text = String::from_utf8(bytes).map_err(|_| StyleError {
            file: path.clone(),
            line: None,
            message: "not UTF-8: save the file as UTF-8".to_owned(),
        })?;
        let source = Source { path, text };
        let file = source.parse()?;
        if *file.format.get_ref() != FORMAT {
            let found = file.format.get_ref();
            let message =
                format!("format {found} is not known: this program reads format {FORMAT}");
            return Err(source.fault(file.format.span().start, message));
        }
        Ok(Style {
            organisation: source.words(file.organisation.as_ref(), "organisation")?,
            footer: source.words(file.footer.as_ref(), "footer")?,
            colours: source.colours(&file.colours)?,
            logo: source.logo(folder, file.logo_text.as_ref())?,
            templates: Templates::read(folder)?,
        })
    }
}

/// The text of `style.toml`.
struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    fn parse(&self) -> Result<File, StyleError> {
        toml::from_str(&self.text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let message = error.message().lines().collect::<Vec<_>>().join(" ");
            self.fault(at, message)
        })
    }

    fn fault(&self, at: usize, message: impl Into<String>) -> StyleError {
        StyleError {
            file: self.path.clone(),
            line: Some(line_of(self.text.as_bytes(), at)),
            message: message.into(),
        }
    }

    /// Words on one line that are not too many.
    fn words(
        &self,
        words: Option<&Spanned<String>>,
        key: &str,
    ) -> Result<Option<String>, StyleError> {
        let Some(words) = words else { return Ok(None) };
        let text = words.get_ref().trim();
        let length = text.chars().count();
        if length == 0 || length > MOST_WORDS || text.chars().any(char::is_control) {
            let message = format!(
                "`{key}` has {length} characters: expected one line of 1 to {MOST_WORDS}; \
                 leave the key out for none"
            );
            return Err(self.fault(words.span().start, message));
        }
        Ok(Some(text.to_owned()))
    }

    fn colours(&self, table: &ColoursTable) -> Result<Colours, StyleError> {
        let usual = Colours::default();
        Ok(Colours {
            accent: self.colour(table.accent.as_ref(), usual.accent)?,
            good: self.colour(table.good.as_ref(), usual.good)?,
            middling: self.colour(table.middling.as_ref(), usual.middling)?,
            bad: self.colour(table.bad.as_ref(), usual.bad)?,
            notable: self.colour(table.notable.as_ref(), usual.notable)?,
        })
    }

    fn colour(&self, text: Option<&Spanned<String>>, usual: Colour) -> Result<Colour, StyleError> {
        let Some(text) = text else { return Ok(usual) };
        let at = text.span().start;
        let Some(colour) = Colour::parse(text.get_ref()) else {
            let message = format!(
                "`{}` is not a colour: expected six hexadecimal digits, as in \"{usual}\"",
                text.get_ref()
            );
            return Err(self.fault(at, message));
        };
        if !colour.is_legible() {
            let contrast = colour.contrast();
            let message = format!(
                "text in {colour} cannot be read on white: its contrast is {contrast:.1}, and at \
                 least 4.5 is needed; choose a darker colour"
            );
            return Err(self.fault(at, message));
        }
        Ok(colour)
    }

    /// The logo, if there is one, with its words.
    fn logo(
        &self,
        folder: &Path,
        words: Option<&Spanned<String>>,
    ) -> Result<Option<Logo>, StyleError> {
        let (drawing_file, picture_file) = (folder.join("logo.svg"), folder.join("logo.png"));
        let drawing = read(&drawing_file, MOST_LOGO)?;
        if let Some(drawing) = &drawing {
            check_drawing(&drawing_file, drawing)?;
        }
        let text = self.words(words, "logo-text")?;
        let Some(picture) = read(&picture_file, MOST_LOGO)? else {
            return match (drawing, words) {
                (None, None) => Ok(None),
                (None, Some(words)) => {
                    let message = "`logo-text` describes a logo, but there is no logo.png";
                    Err(self.fault(words.span().start, message))
                }
                (Some(_), _) => Err(StyleError {
                    file: drawing_file,
                    line: None,
                    message: "there is no logo.png beside it: Word and Excel do not show drawings \
                              everywhere; save the same logo as a picture too"
                        .to_owned(),
                }),
            };
        };
        let Some(alternative) = text else {
            let message = "`logo-text` is missing: it says what the logo shows, for those who do \
                           not see it";
            return Err(self.fault(0, message));
        };
        let logo = Logo {
            picture,
            drawing,
            alternative,
        };
        check_picture(&picture_file, &logo)?;
        Ok(Some(logo))
    }
}

/// The bytes of a file; `None` if there is no such file.
pub(super) fn read(path: &Path, most: u64) -> Result<Option<Vec<u8>>, StyleError> {
    let fault = |message: String| StyleError {
        file: path.to_owned(),
        line: None,
        message,
    };
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fault(format!("cannot be read: {error}"))),
    };
    let mut bytes = Vec::new();
    file.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| fault(format!("cannot be read: {error}")))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > most {
        return Err(fault(format!("larger than {} KiB", most / 1024)));
    }
    Ok(Some(bytes))
}

/// The line of a position.
fn line_of(text: &[u8], at: usize) -> usize {
    let before = text.iter().take(at);
    before.filter(|one| **one == b'\n').count() + 1
}

fn check_picture(path: &Path, logo: &Logo) -> Result<(), StyleError> {
    let message = match logo.pixels() {
        None => "not a PNG picture".to_owned(),
        Some((width, height)) if width.max(height) > MOST_PIXELS => {
            format!("{width} by {height} pixels: at most {MOST_PIXELS} by {MOST_PIXELS}")
        }
        Some(_) if !logo.is_complete_picture() => "not a complete PNG picture".to_owned(),
        Some(_) => return Ok(()),
    };
    Err(StyleError {
        file: path.to_owned(),
        line: None,
        message,
    })
}

/// A drawing is well-formed and draws itself.
fn check_drawing(path: &Path, bytes: &[u8]) -> Result<(), StyleError> {
    let checked = match std::str::from_utf8(bytes) {
        Ok(text) => drawing::check(text),
        Err(error) => Err(DrawingFault {
            at: error.valid_up_to(),
            message: "not UTF-8".to_owned(),
        }),
    };
    checked.map_err(|fault| StyleError {
        file: path.to_owned(),
        line: Some(line_of(bytes, fault.at)),
        message: fault.message,
    })
}
