//! What Typst may read: the templates, the files of an authority, the fonts of the program, and one
//! document. Nothing else exists.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

/// The template that is compiled.
pub(crate) const MAIN: &str = "document.typ";

/// The name under which templates read the document.
const DOCUMENT: &str = "document.json";

/// The name under which they read how much smaller than usual some sections are printed.
const FIT: &str = "fit.json";

/// The name under which they read what an authority chose: colours, a logo, words.
const STYLE: &str = "style.json";

/// The folder in which the templates of the program always are, also those that an authority replaced:
/// its own `style.typ` may change a few words of `shipped/style.typ`.
const SHIPPED: &str = "shipped";

/// The templates of the program, by name.
pub(crate) const TEMPLATES: &[(&str, &str)] = &[
    (MAIN, include_str!("../templates/document.typ")),
    ("style.typ", include_str!("../templates/style.typ")),
    ("blocks.typ", include_str!("../templates/blocks.typ")),
    ("marks.typ", include_str!("../templates/marks.typ")),
    ("charts.typ", include_str!("../templates/charts.typ")),
];

/// The fonts of the program: one family for Latin, Greek and Cyrillic letters, and one each for
/// Arabic and Hebrew ones.
const FONTS: &[&[u8]] = &[
    include_bytes!("../fonts/SourceSans3_400Regular.ttf"),
    include_bytes!("../fonts/SourceSans3_400Regular_Italic.ttf"),
    include_bytes!("../fonts/SourceSans3_600SemiBold.ttf"),
    include_bytes!("../fonts/SourceSans3_700Bold.ttf"),
    include_bytes!("../fonts/NotoSansArabic_400Regular.ttf"),
    include_bytes!("../fonts/NotoSansArabic_700Bold.ttf"),
    include_bytes!("../fonts/NotoSansHebrew_400Regular.ttf"),
    include_bytes!("../fonts/NotoSansHebrew_700Bold.ttf"),
];

/// What stands for a character that no font has.
const NO_GLYPH: char = '\u{25ab}';

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// Everything that a document is printed from.
pub(crate) struct PrintWorld {
    main: FileId,
    document: FileId,
    fit: FileId,
    sources: HashMap<FileId, Source>,
    files: HashMap<FileId, Bytes>,
    fonts: Vec<Font>,
    book: LazyHash<FontBook>,
}

impl PrintWorld {
    /// A world with templates and files that replace or extend those of the program.
    ///
    /// # Errors
    ///
    /// If a name is not one of a file: what is wrong, in words.
    pub(crate) fn new(
        templates: BTreeMap<String, String>,
        files: BTreeMap<String, Vec<u8>>,
    ) -> Result<PrintWorld, String> {
        let mut sources = HashMap::new();
        for (name, text) in TEMPLATES {
            for id in [id(name)?, id(&format!("{SHIPPED}/{name}"))?] {
                sources.insert(id, Source::new(id, (*text).to_owned()));
            }
        }
        for (name, text) in templates {
            let id = id(&name)?;
            sources.insert(id, Source::new(id, text));
        }
        let fit = id(FIT)?;
        let none = Bytes::from_string("{}");
        let mut known = HashMap::from([(id(STYLE)?, none.clone()), (fit, none)]);
        let fonts = FONTS
            .iter()
            .flat_map(|bytes| Font::iter(Bytes::new(*bytes)));
        let mut fonts: Vec<Font> = fonts.collect();
        for (name, bytes) in files {
            let bytes = Bytes::new(bytes);
            if name.ends_with(".ttf") || name.ends_with(".otf") {
                let before = fonts.len();
                fonts.extend(Font::iter(bytes.clone()));
                if fonts.len() == before {
                    return Err(format!(
                        "{name} is not a font in TrueType or OpenType format"
                    ));
                }
            }
            known.insert(id(&name)?, bytes);
        }
        let (main, document) = (id(MAIN)?, id(DOCUMENT)?);
        let book = LazyHash::new(FontBook::from_fonts(&fonts));
        Ok(PrintWorld {
            main,
            document,
            fit,
            sources,
            files: known,
            fonts,
            book,
        })
    }

    /// A text without the characters that no font has: PDF/UA-1 forbids to print their absence, so
    /// a sign stands for each. `None` if it has none of them.
    pub(crate) fn printable(&self, text: &str) -> Option<String> {
        // Such characters only change how others look.
        let is_invisible = |one: char| {
            one.is_control()
                || matches!(one, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
        };
        let has = |one: char| {
            let mut fonts = self.fonts.iter();
            one.is_ascii() || fonts.any(|font| font.info().coverage.contains(u32::from(one)))
        };
        if text.chars().all(has) {
            return None;
        }
        let printable = text.chars().filter(|one| has(*one) || !is_invisible(*one));
        Some(
            printable
                .map(|one| if has(one) { one } else { NO_GLYPH })
                .collect(),
        )
    }

    /// Gives it the next document.
    pub(crate) fn set_document(&mut self, json: Vec<u8>) {
        self.files.insert(self.document, Bytes::new(json));
    }
}

impl PrintWorld {
    /// Says how much smaller than usual each section is printed, by its identifier; 1 is as usual.
    pub(crate) fn set_fit(&mut self, fit: &BTreeMap<String, f64>) {
        let sizes = fit.iter().map(|(id, size)| (id.clone(), (*size).into()));
        let json = serde_json::Value::Object(sizes.collect());
        self.files
            .insert(self.fit, Bytes::from_string(json.to_string()));
    }
}

/// The identifier of a file by its name.
fn id(name: &str) -> Result<FileId, String> {
    let path = VirtualPath::new(name).map_err(|_| format!("`{name}` is not the name of a file"))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// Says that a file does not exist.
fn missing(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_without_slash().into())
}

impl World for PrintWorld {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources.get(&id).cloned().ok_or_else(|| missing(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let source = || Some(Bytes::from_string(self.sources.get(&id)?.clone()));
        self.files
            .get(&id)
            .cloned()
            .or_else(source)
            .ok_or_else(|| missing(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    /// There is no clock: the same document makes the same bytes on any day.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
