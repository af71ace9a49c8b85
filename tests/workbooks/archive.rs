//! The parts of an Excel file, to change or make one by hand.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// An Excel file as its named parts.
pub(crate) struct Archive(BTreeMap<String, String>);

/// A cell with text, as a page holds it.
pub(crate) fn cell(at: &str, text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    format!("<c r=\"{at}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>")
}

impl Archive {
    pub(crate) fn read(file: &Path) -> Archive {
        let bytes = std::fs::read(file).expect("the workbook");
        let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        let mut parts = BTreeMap::new();
        for at in 0..archive.len() {
            let mut part = archive.by_index(at).expect("a part");
            let mut text = String::new();
            part.read_to_string(&mut text).expect("text");
            let name = part.name().expect("a name").into_owned();
            parts.insert(name, text);
        }
        Archive(parts)
    }

    /// All parts, except those about the file itself, which name a time.
    pub(crate) fn contents(&self) -> Vec<(&String, &String)> {
        let parts = self.0.iter();
        parts
            .filter(|(name, _)| !name.starts_with("docProps"))
            .collect()
    }

    /// A workbook with one page, which has these cells in its first row.
    pub(crate) fn with_page(cells: &str) -> Archive {
        Archive::with_rows(&format!("<row r=\"1\">{cells}</row>"), "")
    }

    /// A workbook with one page of these rows; `after` follows the rows.
    pub(crate) fn with_rows(rows: &str, after: &str) -> Archive {
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let package = "http://schemas.openxmlformats.org/package/2006";
        let parts = [
            (
                "[Content_Types].xml",
                format!(
                    "<Types xmlns=\"{package}/content-types\"><Default Extension=\"xml\" \
                     ContentType=\"application/xml\"/><Default Extension=\"rels\" \
                     ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
                     </Types>"
                ),
            ),
            (
                "_rels/.rels",
                format!(
                    "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" \
                     Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
                ),
            ),
            (
                "xl/workbook.xml",
                format!(
                    "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"Page\" \
                     sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" \
                     Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
                ),
            ),
            (
                "xl/worksheets/sheet1.xml",
                format!(
                    "<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData>{after}</worksheet>"
                ),
            ),
        ];
        Archive(parts.map(|(name, text)| (name.to_owned(), text)).into())
    }

    /// An OpenDocument spreadsheet with these tables.
    pub(crate) fn open_document(tables: &str) -> Archive {
        let names = "urn:oasis:names:tc:opendocument:xmlns:";
        let parts = [
            (
                "mimetype",
                "application/vnd.oasis.opendocument.spreadsheet".to_owned(),
            ),
            (
                "META-INF/manifest.xml",
                format!("<manifest:manifest xmlns:manifest=\"{names}manifest:1.0\"/>"),
            ),
            (
                "content.xml",
                format!(
                    "<!DOCTYPE d [<!ENTITY e \"e\">]><office:document-content \
                     xmlns:office=\"{names}office:1.0\" xmlns:table=\"{names}table:1.0\" \
                     xmlns:text=\"{names}text:1.0\"><office:body><office:spreadsheet>{tables}\
                     </office:spreadsheet></office:body></office:document-content>"
                ),
            ),
        ];
        Archive(parts.map(|(name, text)| (name.to_owned(), text)).into())
    }

    /// Changes a part.
    pub(crate) fn with_part(mut self, name: &str, text: String) -> Archive {
        self.0.insert(name.to_owned(), text);
        self
    }

    /// Removes a part.
    pub(crate) fn without_part(mut self, name: &str) -> Archive {
        self.0.remove(name);
        self
    }

    /// Fills in a cell of a page, as a spreadsheet program would.
    pub(crate) fn with_cell(mut self, page: &str, at: &str, text: &str) -> Archive {
        let part = self.0.get_mut(page).expect("the page");
        let start = part.find(&format!("<c r=\"{at}\"")).expect("the cell");
        let rest = part.get(start..).expect("the rest");
        let open = rest.find('>').expect("an end") + 1;
        let length = if rest.get(..open).is_some_and(|tag| tag.ends_with("/>")) {
            open
        } else {
            rest.find("</c>").expect("an end") + "</c>".len()
        };
        part.replace_range(start..start + length, &cell(at, text));
        self
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    pub(crate) fn texts(&self) -> impl Iterator<Item = (&String, &String)> {
        self.0.iter()
    }

    pub(crate) fn write(&self, file: &Path) {
        let mut archive = ZipWriter::new(std::fs::File::create(file).expect("a file"));
        for (name, text) in &self.0 {
            archive
                .start_file(name, SimpleFileOptions::default())
                .expect("a part");
            archive.write_all(text.as_bytes()).expect("written");
        }
        archive.finish().expect("finished");
    }
}
