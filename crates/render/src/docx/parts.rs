//! The parts beside the text: properties, relations, numbering, what stands on each page.

use super::blocks::INDENT;
use super::paragraph::runs;
use super::{MARGIN, Writer};
use crate::style::Style;
use crate::words;
use maud::{Markup, html};
use std::collections::BTreeSet;
use wcc_document::Document;

pub(super) const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
pub(super) const R: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
pub(super) const WP: &str =
    "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const TYPE: &str = "application/vnd.openxmlformats-officedocument";

pub(super) fn content_types(has_logo: bool) -> Markup {
    let word = |name: &str, kind: &str| {
        html! {
            Override PartName={ "/word/" (name) ".xml" }
                ContentType={ (TYPE) ".wordprocessingml." (kind) "+xml" } {}
        }
    };
    html! {
        Types xmlns={ (PACKAGE) "/content-types" } {
            Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" {}
            Default Extension="xml" ContentType="application/xml" {}
            @if has_logo { Default Extension="png" ContentType="image/png" {} }
            (word("document", "document.main"))
            (word("styles", "styles"))
            (word("numbering", "numbering"))
            (word("settings", "settings"))
            (word("header1", "header"))
            (word("footer1", "footer"))
            Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml" {}
            Override PartName="/docProps/app.xml" ContentType={ (TYPE) ".extended-properties+xml" } {}
            Override PartName="/docProps/custom.xml" ContentType={ (TYPE) ".custom-properties+xml" } {}
        }
    }
}

fn relation(id: &str, kind: &str, target: &str) -> Markup {
    html! { Relationship Id=(id) Type=(kind) Target=(target) {} }
}

pub(super) fn package_relations() -> Markup {
    html! {
        Relationships xmlns={ (PACKAGE) "/relationships" } {
            (relation("rId1", &format!("{R}/officeDocument"), "word/document.xml"))
            (relation("rId2", &format!("{PACKAGE}/relationships/metadata/core-properties"), "docProps/core.xml"))
            (relation("rId3", &format!("{R}/extended-properties"), "docProps/app.xml"))
            (relation("rId4", &format!("{R}/custom-properties"), "docProps/custom.xml"))
        }
    }
}

pub(super) fn document_relations(has_logo: bool) -> Markup {
    html! {
        Relationships xmlns={ (PACKAGE) "/relationships" } {
            (relation("rIdStyles", &format!("{R}/styles"), "styles.xml"))
            (relation("rIdNumbering", &format!("{R}/numbering"), "numbering.xml"))
            (relation("rIdSettings", &format!("{R}/settings"), "settings.xml"))
            (relation("rIdHeader", &format!("{R}/header"), "header1.xml"))
            (relation("rIdFooter", &format!("{R}/footer"), "footer1.xml"))
            @if has_logo { (relation("rIdLogo", &format!("{R}/image"), "media/logo.png")) }
        }
    }
}

/// Title, subject, status and version. The dates are that of the results.
pub(super) fn core(document: &Document, style: &Style) -> Markup {
    let date = format!("{}T00:00:00Z", document.as_of);
    let authority = style.organisation_on(document);
    html! {
        cp:coreProperties xmlns:cp={ (PACKAGE) "/metadata/core-properties" }
            xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" {
            dc:title { (words::title(document)) }
            dc:subject { (document.cycle) }
            @if let Some(authority) = authority { dc:creator { (authority) } }
            dc:language { (document.language) }
            dcterms:created xsi:type="dcterms:W3CDTF" { (date) }
            dcterms:modified xsi:type="dcterms:W3CDTF" { (date) }
            cp:contentStatus { (words::status(&document.status)) }
            cp:version { (document.as_of) }
        }
    }
}

pub(super) fn app() -> Markup {
    html! {
        Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties" {
            Application { "wcc" }
        }
    }
}

/// Where the document comes from, in the properties of the file.
pub(super) fn custom(document: &Document) -> Markup {
    let facts = document.provenance.iter();
    let mut properties = vec![
        ("Code".to_owned(), document.code.clone()),
        ("Cycle".to_owned(), document.cycle_id.clone()),
    ];
    properties.extend(facts.map(|fact| (fact.name.clone(), fact.value.to_plain())));
    // Names are told apart without regard to capitals; two of the same make the file invalid.
    let mut names = BTreeSet::new();
    for (name, _) in &mut properties {
        let (base, mut number) = (name.clone(), 2);
        while !names.insert(name.to_lowercase()) {
            *name = format!("{base} {number}");
            number += 1;
        }
    }
    html! {
        Properties xmlns={ "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" }
            xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes" {
            @for (id, (name, value)) in (2_usize..).zip(&properties) {
                property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid=(id) name=(name) {
                    vt:lpwstr { (value) }
                }
            }
        }
    }
}

pub(super) fn settings() -> Markup {
    html! {
        w:settings xmlns:w=(W) {
            w:defaultTabStop w:val="720" {}
            w:compat {
                w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15" {}
            }
        }
    }
}

/// Bullets, and numbers that begin anew in each list.
pub(super) fn numbering(lists: usize) -> Markup {
    let bullets = ["•", "◦", "▪"];
    html! {
        w:numbering xmlns:w=(W) {
            w:abstractNum w:abstractNumId="0" {
                w:multiLevelType w:val="hybridMultilevel" {}
                @for (level, bullet) in (0..9).zip(bullets.iter().cycle()) {
                    (numbering_level(level, "bullet", bullet))
                }
            }
            w:abstractNum w:abstractNumId="1" {
                w:multiLevelType w:val="multilevel" {}
                @for level in 0..9 { (numbering_level(level, "decimal", &format!("%{}.", level + 1))) }
            }
            w:num w:numId="1" { w:abstractNumId w:val="0" {} }
            @for list in 0..lists {
                w:num w:numId=(list + 2) {
                    w:abstractNumId w:val="1" {}
                    @for level in 0..9 {
                        w:lvlOverride w:ilvl=(level) { w:startOverride w:val="1" {} }
                    }
                }
            }
        }
    }
}

fn numbering_level(level: usize, format: &str, text: &str) -> Markup {
    html! {
        w:lvl w:ilvl=(level) {
            w:start w:val="1" {}
            w:numFmt w:val=(format) {}
            w:lvlText w:val=(text) {}
            w:lvlJc w:val="left" {}
            w:pPr { w:ind w:left=(INDENT * (level + 1)) w:hanging=(INDENT) {} }
        }
    }
}

impl Writer<'_> {
    /// What stands at the head of each page: what the document is, and that it is a draft.
    pub(super) fn header(&self) -> Markup {
        let draft = words::is_draft(self.document).then(|| words::status(&self.document.status));
        html! {
            w:hdr xmlns:w=(W) xmlns:r=(R) xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" {
                w:p {
                    w:pPr { w:pStyle w:val="Header" {} (self.right_tab()) }
                    @if let Some(draft) = draft { (watermark(draft)) }
                    (runs(&words::title(self.document), &html! {}))
                    @if let Some(draft) = draft {
                        w:r { w:tab {} }
                        (runs(draft, &html! { w:b {} w:bCs {} }))
                    }
                }
            }
        }
    }

    /// What stands at the foot of each page: words of the style or the cycle, and the number.
    pub(super) fn footer(&self) -> Markup {
        html! {
            w:ftr xmlns:w=(W) xmlns:r=(R) {
                w:p {
                    w:pPr { w:pStyle w:val="Footer" {} (self.right_tab()) }
                    (runs(self.style.footer_of(self.document), &html! {}))
                    w:r { w:tab {} }
                    (runs("Page ", &html! {}))
                    (field("PAGE"))
                    (runs(" of ", &html! {}))
                    (field("NUMPAGES"))
                }
            }
        }
    }

    fn right_tab(&self) -> Markup {
        html! {
            w:tabs {
                w:tab w:val="right" w:pos=(self.page().0 - 2 * MARGIN) {}
            }
        }
    }

    /// The logo, as high as three lines.
    pub(super) fn logo_paragraph(&self) -> Markup {
        let Some(logo) = &self.style.logo else {
            return html! {};
        };
        let (width, height) = logo.size_within(2_200_000, 720_000);
        let picture = "http://schemas.openxmlformats.org/drawingml/2006/picture";
        let drawing = "http://schemas.openxmlformats.org/drawingml/2006/main";
        html! {
            w:p {
                w:r {
                    w:drawing {
                        wp:inline distT="0" distB="0" distL="0" distR="0" {
                            wp:extent cx=(width) cy=(height) {}
                            wp:docPr id="1" name="Logo" descr=(logo.alternative) {}
                            a:graphic xmlns:a=(drawing) {
                                a:graphicData uri=(picture) {
                                    pic:pic xmlns:pic=(picture) {
                                        pic:nvPicPr {
                                            pic:cNvPr id="1" name="Logo" descr=(logo.alternative) {}
                                            pic:cNvPicPr {}
                                        }
                                        pic:blipFill {
                                            a:blip r:embed="rIdLogo" {}
                                            a:stretch { a:fillRect {} }
                                        }
                                        pic:spPr {
                                            a:xfrm { a:off x="0" y="0" {} a:ext cx=(width) cy=(height) {} }
                                            a:prstGeom prst="rect" { a:avLst {} }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn field(name: &str) -> Markup {
    html! {
        w:r { w:fldChar w:fldCharType="begin" {} }
        w:r { w:instrText xml:space="preserve" { " " (name) " " } }
        w:r { w:fldChar w:fldCharType="separate" {} }
        w:r { w:t { "1" } }
        w:r { w:fldChar w:fldCharType="end" {} }
    }
}

/// Words across the page, behind the text.
fn watermark(words: &str) -> Markup {
    let place = "position:absolute;margin-left:0;margin-top:0;width:440pt;height:66pt;rotation:315;\
                 z-index:-251658752;mso-position-horizontal:center;\
                 mso-position-horizontal-relative:margin;mso-position-vertical:center;\
                 mso-position-vertical-relative:margin";
    html! {
        w:r {
            w:pict {
                v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800"
                    path="m@7,l@8,m@5,21600l@6,21600e" {
                    v:path textpathok="t" o:connecttype="rect" {}
                    v:textpath on="t" fitshape="t" {}
                }
                v:shape id="Watermark" type="#_x0000_t136" alt=(words) style=(place)
                    o:allowincell="f" fillcolor="#c9ced6" stroked="f" {
                    v:fill opacity=".4" {}
                    v:textpath style="font-family:Arial;font-size:1pt" string=(words) {}
                }
            }
        }
    }
}
