//! Whether an SVG drawing draws itself: it runs nothing, expands nothing, and fetches nothing.

use quick_xml::escape::{resolve_xml_entity, unescape};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};

/// The elements of SVG that a drawing may have: shapes, text, and what paints them.
const ELEMENTS: [&str; 51] = [
    "circle",
    "clippath",
    "defs",
    "desc",
    "ellipse",
    "feblend",
    "fecolormatrix",
    "fecomponenttransfer",
    "fecomposite",
    "feconvolvematrix",
    "fediffuselighting",
    "fedisplacementmap",
    "fedistantlight",
    "fedropshadow",
    "feflood",
    "fefunca",
    "fefuncb",
    "fefuncg",
    "fefuncr",
    "fegaussianblur",
    "femerge",
    "femergenode",
    "femorphology",
    "feoffset",
    "fepointlight",
    "fespecularlighting",
    "fespotlight",
    "fetile",
    "feturbulence",
    "filter",
    "g",
    "line",
    "lineargradient",
    "marker",
    "mask",
    "metadata",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "radialgradient",
    "rect",
    "stop",
    "svg",
    "switch",
    "symbol",
    "text",
    "textpath",
    "title",
    "tspan",
    "use",
];

const SVG: &str = "http://www.w3.org/2000/svg";
const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// The functions of style sheets that name a picture without `url(`.
const FETCHING: [&str; 3] = ["image(", "image-set(", "src("];

/// What is wrong with a drawing, and the position in its text.
pub(super) struct DrawingFault {
    pub(super) at: usize,
    pub(super) message: String,
}

/// Checks a drawing.
pub(super) fn check(text: &str) -> Result<(), DrawingFault> {
    let mut reader = quick_xml::NsReader::from_str(text);
    let mut has_root = false;
    let mut depth = 0_usize;
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let fault = |message: String| DrawingFault { at, message };
        let incomplete = || fault("not a complete SVG drawing".to_owned());
        let (namespace, event) = reader
            .read_resolved_event()
            .map_err(|error| fault(format!("not well-formed: {error}")))?;
        match &event {
            Event::Start(start) | Event::Empty(start) => {
                if depth == 0 {
                    if has_root {
                        return Err(fault("there is something after the drawing".to_owned()));
                    }
                    if start.local_name().as_ref() != "svg" {
                        return Err(incomplete());
                    }
                    has_root = true;
                }
                check_element(start, &namespace).map_err(fault)?;
                depth += usize::from(matches!(event, Event::Start(_)));
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::DocType(_) => return Err(fault("remove the DOCTYPE".to_owned())),
            Event::PI(_) => return Err(fault("remove the processing instruction".to_owned())),
            Event::Eof if has_root && depth == 0 => return Ok(()),
            Event::Eof => return Err(incomplete()),
            Event::Text(text) if depth == 0 && text.trim().is_empty() => {}
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) if depth == 0 => {
                return Err(fault("there is text outside the drawing".to_owned()));
            }
            Event::GeneralRef(entity) => check_entity(entity).map_err(fault)?,
            Event::Text(_) | Event::CData(_) | Event::Comment(_) | Event::Decl(_) => {}
        }
    }
}

/// An entity of a drawing is one that XML itself has, because nothing may declare others.
fn check_entity(entity: &BytesRef<'_>) -> Result<(), String> {
    let is_character = entity
        .resolve_char_ref()
        .map_err(|error| format!("not well-formed: {error}"))?
        .is_some();
    if is_character || resolve_xml_entity(entity).is_some() {
        return Ok(());
    }
    let name: &str = entity;
    Err(format!("`&{name};` is unknown: write the character itself"))
}

/// Elements of other languages are notes of the program that drew it, except for web pages.
fn check_element(start: &BytesStart<'_>, namespace: &ResolveResult<'_>) -> Result<(), String> {
    let name = start.local_name().as_ref().to_ascii_lowercase();
    let is_allowed = match namespace {
        ResolveResult::Bound(Namespace(SVG)) | ResolveResult::Unbound => {
            ELEMENTS.contains(&name.as_str())
        }
        ResolveResult::Bound(Namespace(other)) => *other != XHTML,
        ResolveResult::Unknown(prefix) => {
            return Err(format!("not well-formed: nothing says what `{prefix}:` is"));
        }
    };
    if !is_allowed {
        return Err(format!(
            "<{name}> is not allowed in a logo: draw with shapes and paths"
        ));
    }
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| format!("not well-formed: {error}"))?;
        let key = attribute.key.local_name().as_ref().to_ascii_lowercase();
        let value =
            unescape(&attribute.value).map_err(|error| format!("not well-formed: {error}"))?;
        let value = value.trim().to_ascii_lowercase();
        if key.starts_with("on") {
            return Err(format!("`{key}` is not allowed in a logo"));
        }
        // Browsers read attributes without a prefix as style sheets, in which an escape hides words.
        if attribute.key.prefix().is_none() && value.contains('\\') {
            return Err(format!("`{key}` has a backslash: write it without escapes"));
        }
        if is_outside(&key, &value) {
            return Err(format!("`{key}` refers to something outside the logo"));
        }
    }
    Ok(())
}

/// Whether an attribute refers to something outside the drawing.
fn is_outside(key: &str, value: &str) -> bool {
    let is_own = |address: &str| {
        let address = address.trim_start();
        let address = address.strip_prefix(['"', '\'']).unwrap_or(address);
        address.starts_with('#')
    };
    match key {
        "href" => !value.starts_with('#'),
        // It changes what the other addresses are relative to.
        "base" => true,
        _ => {
            let mut addresses = value.split("url(").skip(1);
            addresses.any(|address| !is_own(address))
                || FETCHING.iter().any(|function| value.contains(function))
        }
    }
}
