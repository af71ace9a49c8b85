//! The same report in another form: a `.docx` with what people do in one, another encoding, invisible
//! characters.

use super::chance::Chance;
use std::io::Write as _;

/// A report in a file.
pub(crate) struct Carried {
    pub(crate) bytes: Vec<u8>,
    pub(crate) kind: wcc_panel_report::DocumentKind,
}

/// A text file with the line ends, the encoding and the invisible characters of some program.
pub(crate) fn text(chance: &mut Chance, text: &str) -> Carried {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    // Positions in an aligned table would move.
    let aligned = |line: &str| line.trim().contains("   ");
    if chance.percent(50) {
        for line in &mut lines {
            if !aligned(line) && chance.percent(30) {
                *line = invisible(chance, line);
            }
        }
    }
    let end = chance.pick(&["\n", "\r\n", "\r"]);
    let text = lines.join(end);
    let bytes = match chance.below(4) {
        0 => wide(&text, false),
        1 => wide(&text, true),
        2 => format!("\u{FEFF}{text}").into_bytes(),
        _ => windows_1252(&text).unwrap_or_else(|| text.into_bytes()),
    };
    Carried {
        bytes,
        kind: wcc_panel_report::DocumentKind::Text,
    }
}

fn wide(text: &str, big: bool) -> Vec<u8> {
    let units = format!("\u{FEFF}{text}");
    let units = units.encode_utf16();
    units
        .flat_map(|unit| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        })
        .collect()
}

/// Nothing if the encoding has not all of the characters.
fn windows_1252(text: &str) -> Option<Vec<u8>> {
    let byte = |sign: char| match sign {
        '€' => Some(0x80),
        '‘' => Some(0x91),
        '’' => Some(0x92),
        '“' => Some(0x93),
        '”' => Some(0x94),
        '•' => Some(0x95),
        '–' => Some(0x96),
        '—' => Some(0x97),
        sign if u32::from(sign) < 0x80 || (0xA0..0x100).contains(&u32::from(sign)) => {
            u8::try_from(u32::from(sign)).ok()
        }
        _ => None,
    };
    text.chars().map(byte).collect()
}

/// Soft hyphens within words, marks of direction, joiners, spaces that do not break.
fn invisible(chance: &mut Chance, line: &str) -> String {
    let mut out = String::new();
    let signs: Vec<char> = line.chars().collect();
    for (at, sign) in signs.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| signs.get(at));
        let inside = before.is_some_and(|before| before.is_alphabetic()) && sign.is_alphabetic();
        if inside && chance.percent(5) {
            out.push('\u{AD}');
        }
        if at > 0 && chance.percent(2) {
            out.push_str(chance.pick(&["\u{200E}", "\u{200F}", "\u{200B}", "\u{2060}"]));
        }
        if *sign == ' ' && inside_words(&signs, at) && chance.percent(10) {
            out.push('\u{A0}');
        } else {
            out.push(*sign);
        }
    }
    out
}

fn inside_words(signs: &[char], at: usize) -> bool {
    let letter = |at: Option<usize>| {
        at.and_then(|at| signs.get(at))
            .is_some_and(|sign| sign.is_alphabetic())
    };
    letter(at.checked_sub(1)) && letter(Some(at + 1))
}

/// A document of a word processor.
pub(crate) fn docx(chance: &mut Chance, text: &str) -> Carried {
    let mut body = String::new();
    let lines: Vec<&str> = text.lines().collect();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let rows = lines[at..]
            .iter()
            .take_while(|line| line.contains('\t'))
            .count();
        if rows > 0 {
            let table = table(chance, &lines[at..at + rows]);
            body.push_str(&table);
            at += rows;
            continue;
        }
        let prose = line.len() > 60 && !line.trim().contains("   ");
        body.push_str(&if prose && chance.percent(10) {
            text_box(chance, line)
        } else {
            paragraph(chance, line)
        });
        at += 1;
    }
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document xmlns:w=\"w\" xmlns:mc=\"mc\" xmlns:v=\"v\" xmlns:wps=\"wps\"><w:body>{body}</w:body></w:document>"
    );
    let comments = "<w:comments xmlns:w=\"w\"><w:comment w:id=\"0\"><w:p><w:r><w:t>Competency 3 – Panel assessment</w:t></w:r></w:p></w:comment></w:comments>";
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, part) in [
        ("word/document.xml", xml.as_str()),
        ("word/comments.xml", comments),
    ] {
        archive.start_file(name, options).expect("a part");
        archive
            .write_all(part.as_bytes())
            .expect("the part is written");
    }
    Carried {
        bytes: archive
            .finish()
            .expect("the archive is written")
            .into_inner(),
        kind: wcc_panel_report::DocumentKind::Docx,
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A paragraph of runs, some of them inserted, with deleted ones between.
fn paragraph(chance: &mut Chance, text: &str) -> String {
    let mut out = String::from("<w:p><w:pPr><w:tabs><w:tab w:val=\"left\"/></w:tabs></w:pPr>");
    let signs: Vec<char> = text.chars().collect();
    for piece in signs.chunks(1 + chance.below(40)) {
        let piece: String = piece.iter().collect();
        if chance.percent(3) {
            out.push_str("<w:del w:id=\"1\"><w:r><w:delText>✓ not 4 </w:delText></w:r></w:del>");
            out.push_str(
                "<w:moveFrom w:id=\"2\"><w:r><w:t>moved elsewhere 3</w:t></w:r></w:moveFrom>",
            );
        }
        if chance.percent(2) {
            out.push_str("<w:r><w:commentReference w:id=\"0\"/></w:r>");
        }
        let run = format!(
            "<w:r><w:t xml:space=\"preserve\">{}</w:t></w:r>",
            escaped(&piece)
        );
        // Wingdings by its code, and by the font of a letter.
        let run = run.replace(
            '✓',
            "</w:t><w:sym w:font=\"Wingdings\" w:char=\"F0FC\"/><w:t>",
        );
        let run = run.replace('□', "</w:t></w:r><w:r><w:rPr><w:rFonts w:ascii=\"Wingdings\" w:hAnsi=\"Wingdings\"/></w:rPr><w:t>o</w:t></w:r><w:r><w:t xml:space=\"preserve\">");
        out.push_str(&if chance.percent(5) {
            format!("<w:ins w:id=\"3\">{run}</w:ins>")
        } else {
            run
        });
    }
    out.push_str("</w:p>");
    out
}

/// A text box, with the second form that old programs read.
fn text_box(chance: &mut Chance, text: &str) -> String {
    let inside = format!("<w:txbxContent>{}</w:txbxContent>", paragraph(chance, text));
    format!(
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>{inside}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{inside}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
}

/// A table; its grid may be finer than its columns, and another table may be around it.
fn table(chance: &mut Chance, rows: &[&str]) -> String {
    let fine = chance.percent(40);
    let mut out = String::from("<w:tbl>");
    for row in rows {
        out.push_str("<w:tr>");
        for (column, cell) in row.split('\t').enumerate() {
            let span = if fine {
                format!("<w:gridSpan w:val=\"{}\"/>", 1 + column % 3)
            } else {
                String::new()
            };
            out.push_str(&format!(
                "<w:tc><w:tcPr>{span}</w:tcPr>{}</w:tc>",
                paragraph(chance, cell.trim())
            ));
        }
        out.push_str("</w:tr>");
    }
    out.push_str("</w:tbl>");
    if chance.percent(20) {
        out = format!("<w:tbl><w:tr><w:tc>{out}<w:p/></w:tc></w:tr></w:tbl>");
    }
    out
}
