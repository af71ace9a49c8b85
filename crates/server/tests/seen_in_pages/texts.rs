//! What a reader finds in a page or a file: its texts, however they are packed.

use crate::office::Sent;
use std::io::{Cursor, Read as _};

/// The texts of what was sent, each as JSON, in which hidden texts are looked for.
pub(crate) fn texts_of(sent: &Sent) -> Vec<String> {
    let media_type = sent.media_type.as_str();
    if media_type.contains("openxmlformats") {
        return packed(&sent.body);
    }
    let text = sent.text();
    if media_type.starts_with("text/html") {
        vec![of_markup(&text)]
    } else if media_type.starts_with("text/csv") {
        let cells = text.split([',', '"', '\n', '\r']);
        vec![as_json(cells.map(str::to_owned)), as_json([text.clone()])]
    } else {
        // Lines of a document in plain text end anywhere.
        vec![as_json([text
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")])]
    }
}

/// The values of an attribute in a page.
pub(crate) fn attributes(html: &str, name: &str) -> Vec<String> {
    let before = format!(" {name}=\"");
    let parts = html.split(&before).skip(1);
    let values = parts.filter_map(|part| part.split('"').next());
    values.map(unescaped).collect()
}

/// The numbers of entries in a page: those that a form would replace, and those that are named.
pub(crate) fn entries_in(html: &str) -> Vec<u32> {
    let before = [
        "name=\"supersedes\" value=\"",
        "name=\"entry\" value=\"",
        ">Entry ",
        "entry ",
    ];
    let parts = before.iter().flat_map(|before| html.split(before).skip(1));
    let digits = parts.map(|part| part.split(|sign: char| !sign.is_ascii_digit()).next());
    digits
        .flatten()
        .filter_map(|digits| digits.parse().ok())
        .collect()
}

fn as_json(texts: impl IntoIterator<Item = String>) -> String {
    let texts: Vec<String> = texts.into_iter().collect();
    serde_json::to_string(&texts).unwrap()
}

/// The texts of elements, and the values of attributes.
fn of_markup(text: &str) -> String {
    let mut texts = Vec::new();
    for part in text.split('<') {
        let (tag, between) = part.split_once('>').unwrap_or((part, ""));
        texts.extend(tag.split('"').skip(1).step_by(2).map(unescaped));
        texts.push(unescaped(between.trim()));
    }
    texts.retain(|text| !text.is_empty());
    as_json(texts)
}

fn unescaped(text: &str) -> String {
    let plain = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ];
    let mut text = text.to_owned();
    for (entity, sign) in plain {
        text = text.replace(entity, sign);
    }
    text
}

/// The texts of every part of an Excel or Word file.
fn packed(bytes: &[u8]) -> Vec<String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let parts = (0..archive.len()).map(|at| {
        let mut part = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        of_markup(&String::from_utf8_lossy(&bytes))
    });
    parts.collect()
}
