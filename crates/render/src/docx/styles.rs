//! The styles of paragraphs, characters and tables. Headings are the word processor's own, so that
//! its outline and its contents know them.

use super::parts::W;
use super::table::hex;
use crate::style::Style;
use maud::{Markup, html};
use wcc_document::Document;

const INK: &str = "1C2430";
const QUIET: &str = "55606F";
const RULE: &str = "D5DCE6";
const PANEL: &str = "F3F6FA";

/// A style of paragraphs.
struct Paragraph<'a> {
    id: &'a str,
    name: &'a str,
    based_on: Option<&'a str>,
    /// Size in half points.
    size: u8,
    /// Space before and after, in twentieths of a point.
    space: (u16, u16),
    colour: &'a str,
    is_bold: bool,
    is_italic: bool,
    keeps_next: bool,
    /// Level in the outline, from 0.
    outline: Option<u8>,
    /// Anything else.
    borders: Markup,
}

impl Default for Paragraph<'_> {
    fn default() -> Self {
        Paragraph {
            id: "",
            name: "",
            based_on: Some("Normal"),
            size: 22,
            space: (0, 120),
            colour: INK,
            is_bold: false,
            is_italic: false,
            keeps_next: false,
            outline: None,
            borders: html! {},
        }
    }
}

pub(super) fn styles(document: &Document, style: &Style) -> Markup {
    let accent = hex(style.colours.accent);
    html! {
        w:styles xmlns:w=(W) {
            w:docDefaults {
                w:rPrDefault {
                    w:rPr {
                        w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="Arial" w:cs="Arial" {}
                        w:color w:val=(INK) {}
                        w:sz w:val="22" {}
                        w:szCs w:val="22" {}
                        w:lang w:val=(document.language) w:eastAsia="ja-JP" w:bidi="ar-SA" {}
                    }
                }
                w:pPrDefault { w:pPr { w:spacing w:after="120" w:line="276" w:lineRule="auto" {} } }
            }
            w:style w:type="paragraph" w:default="1" w:styleId="Normal" {
                w:name w:val="Normal" {}
                w:qFormat {}
            }
            @for one in headings(&accent) { (one.to_markup()) }
            @for one in front(&accent, &hex(style.colours.bad), &hex(style.colours.middling)) { (one.to_markup()) }
            @for one in body(&accent) { (one.to_markup()) }
            (character("Hyperlink", "Hyperlink", &html! { w:color w:val=(accent) {} w:u w:val="single" {} }))
            (character("Quiet", "Quiet", &html! { w:color w:val=(QUIET) {} }))
            (character("Marker", "Marker", &html! { w:b {} w:bCs {} w:color w:val=(accent) {} }))
            (character("Code", "Code", &html! {
                w:rFonts w:ascii="Consolas" w:hAnsi="Consolas" w:cs="Courier New" {}
                w:sz w:val="20" {}
            }))
            (table(&accent))
        }
    }
}

fn headings(accent: &str) -> Vec<Paragraph<'_>> {
    let sizes = [34, 27, 23, 22, 22, 22];
    let names = [
        "heading 1",
        "heading 2",
        "heading 3",
        "heading 4",
        "heading 5",
        "heading 6",
    ];
    let ids = [
        "Heading1", "Heading2", "Heading3", "Heading4", "Heading5", "Heading6",
    ];
    let all = (0_u8..).zip(sizes).zip(names).zip(ids);
    all.map(|(((level, size), name), id)| Paragraph {
        id,
        name,
        size,
        space: if level == 0 { (480, 160) } else { (280, 100) },
        colour: if level < 2 { accent } else { INK },
        is_bold: true,
        keeps_next: true,
        outline: Some(level),
        borders: if level == 0 {
            rule_above(accent)
        } else {
            html! {}
        },
        ..Paragraph::default()
    })
    .collect()
}

/// Styles of the first page, and of what stands on each page.
fn front<'a>(accent: &'a str, bad: &'a str, middling: &'a str) -> Vec<Paragraph<'a>> {
    let plain = |id: &'a str, size: u8, colour: &'a str| Paragraph {
        id,
        name: id,
        size,
        colour,
        ..Paragraph::default()
    };
    let notice = |id: &'a str, colour: &str| Paragraph {
        borders: html! {
            w:pBdr { w:left w:val="single" w:sz="24" w:space="8" w:color=(colour) {} }
            w:shd w:val="clear" w:color="auto" w:fill=(PANEL) {}
        },
        ..plain(id, 21, INK)
    };
    vec![
        Paragraph {
            is_bold: true,
            space: (0, 900),
            ..plain("Authority", 22, INK)
        },
        plain("Cycle", 22, QUIET),
        Paragraph {
            space: (0, 40),
            keeps_next: true,
            ..plain("Subtitle", 28, accent)
        },
        Paragraph {
            is_bold: true,
            space: (0, 200),
            ..plain("Title", 52, accent)
        },
        Paragraph {
            is_bold: true,
            ..plain("Status", 22, accent)
        },
        Paragraph {
            is_bold: true,
            ..plain("StatusDraft", 22, bad)
        },
        notice("Notice", accent),
        notice("NoticeCaution", middling),
        Paragraph {
            name: "Contents Title",
            is_bold: true,
            space: (320, 100),
            keeps_next: true,
            ..plain("ContentsTitle", 24, accent)
        },
        Paragraph {
            name: "toc 1",
            space: (40, 40),
            ..plain("TOC1", 22, INK)
        },
        Paragraph {
            name: "toc 2",
            space: (0, 30),
            borders: html! { w:ind w:left="340" {} },
            ..plain("TOC2", 20, INK)
        },
        Paragraph {
            name: "header",
            space: (0, 0),
            ..plain("Header", 16, QUIET)
        },
        Paragraph {
            name: "footer",
            space: (0, 0),
            ..plain("Footer", 16, QUIET)
        },
    ]
}

/// Styles of text and of cells.
fn body(accent: &str) -> Vec<Paragraph<'_>> {
    let cell = |id, name, size, colour| Paragraph {
        id,
        name,
        size,
        space: (50, 50),
        colour,
        ..Paragraph::default()
    };
    vec![
        Paragraph {
            space: (0, 80),
            ..cell("ListParagraph", "List Paragraph", 22, INK)
        },
        Paragraph {
            is_italic: true,
            space: (0, 120),
            ..cell("Nothing", "Nothing", 22, QUIET)
        },
        Paragraph {
            is_bold: true,
            keeps_next: true,
            space: (240, 100),
            ..cell("Caption", "caption", 21, INK)
        },
        Paragraph {
            space: (0, 120),
            keeps_next: true,
            ..cell("ChartWords", "Chart Words", 20, QUIET)
        },
        cell("TableText", "Table Text", 19, INK),
        cell("TableQuiet", "Table Quiet", 19, QUIET),
        Paragraph {
            is_bold: true,
            keeps_next: true,
            ..cell("TableHead", "Table Head", 18, accent)
        },
        Paragraph {
            is_bold: true,
            keeps_next: true,
            ..cell("TableGroup", "Table Group", 19, accent)
        },
        Paragraph {
            space: (0, 50),
            ..cell("TableAside", "Table Aside", 17, QUIET)
        },
        cell("TableMark", "Table Mark", 22, accent),
        Paragraph {
            space: (60, 60),
            ..cell("TableNote", "Table Note", 17, QUIET)
        },
        Paragraph {
            space: (80, 200),
            ..cell("Key", "Key", 17, QUIET)
        },
        Paragraph {
            space: (0, 80),
            ..cell("AfterTable", "After Table", 10, INK)
        },
    ]
}

impl Paragraph<'_> {
    fn to_markup(&self) -> Markup {
        html! {
            w:style w:type="paragraph" w:styleId=(self.id) {
                w:name w:val=(self.name) {}
                @if let Some(based_on) = self.based_on { w:basedOn w:val=(based_on) {} }
                w:qFormat {}
                w:pPr {
                    @if self.keeps_next { w:keepNext {} }
                    // An indentation comes after the spacing, a border before it.
                    @let is_indentation = self.borders.0.starts_with("<w:ind");
                    @if !is_indentation { (self.borders) }
                    w:spacing w:before=(self.space.0) w:after=(self.space.1) {}
                    @if is_indentation { (self.borders) }
                    @if let Some(level) = self.outline { w:outlineLvl w:val=(level) {} }
                }
                w:rPr {
                    @if self.is_bold { w:b {} w:bCs {} }
                    @if self.is_italic { w:i {} w:iCs {} }
                    w:color w:val=(self.colour) {}
                    w:sz w:val=(self.size) {}
                    w:szCs w:val=(self.size) {}
                }
            }
        }
    }
}

/// A strong line above a heading.
fn rule_above(colour: &str) -> Markup {
    html! { w:pBdr { w:top w:val="single" w:sz="18" w:space="8" w:color=(colour) {} } }
}

fn character(id: &str, name: &str, properties: &Markup) -> Markup {
    html! {
        w:style w:type="character" w:styleId=(id) {
            w:name w:val=(name) {}
            w:rPr { (properties) }
        }
    }
}

/// Thin lines between rows, and a strong one under the head.
fn table(accent: &str) -> Markup {
    html! {
        w:style w:type="table" w:styleId="DocumentTable" {
            w:name w:val="Document Table" {}
            w:pPr { w:spacing w:after="0" w:line="252" w:lineRule="auto" {} }
            w:tblPr {
                w:tblBorders {
                    w:bottom w:val="single" w:sz="4" w:space="0" w:color=(RULE) {}
                    w:insideH w:val="single" w:sz="4" w:space="0" w:color=(RULE) {}
                }
                w:tblCellMar {
                    w:left w:w="85" w:type="dxa" {}
                    w:right w:w="85" w:type="dxa" {}
                }
            }
            w:tblStylePr w:type="firstRow" {
                w:tcPr {
                    w:tcBorders { w:bottom w:val="single" w:sz="12" w:space="0" w:color=(accent) {} }
                }
            }
        }
    }
}
