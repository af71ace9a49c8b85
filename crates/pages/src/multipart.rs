//! Reads forms with a file (`multipart/form-data`).

use crate::error::PageError;
use crate::parameters::Parameters;
use axum::body::Body;
use axum::http::{HeaderMap, header};
use multer::{Constraints, Multipart, SizeLimit};

/// Space for the fields of a form beside its file, in bytes.
const FIELD_BYTES: usize = 256 * 1024;
/// The largest number of parts: a form has fewer fields and boxes.
const MOST_PARTS: usize = 500;

/// A form with a file.
pub(crate) struct FileForm {
    pub(crate) fields: Parameters,
    /// The file, if one was chosen.
    pub(crate) file: Option<SentFile>,
}

/// A file as a browser sent it.
pub(crate) struct SentFile {
    /// The ending of its name, in small letters: `pdf`.
    pub(crate) ending: String,
    pub(crate) bytes: Vec<u8>,
}

/// Reads a form whose file has at most so many bytes. Fields that come several times, such as boxes that
/// are ticked, become one with a line for each.
///
/// # Errors
/// It is larger, or not such a form, or the connection was lost.
pub(crate) async fn read_form(
    headers: &HeaderMap,
    body: Body,
    max_bytes: usize,
) -> Result<FileForm, PageError> {
    let boundary = headers.get(header::CONTENT_TYPE);
    let boundary = boundary.and_then(|value| value.to_str().ok());
    let boundary = boundary.and_then(|value| multer::parse_boundary(value).ok());
    let boundary = boundary.ok_or_else(|| {
        PageError::NotDone("this is not a form with a file: send it from its page".to_owned())
    })?;
    let whole = max_bytes.saturating_add(FIELD_BYTES);
    let limits = SizeLimit::new().whole_stream(u64::try_from(whole).unwrap_or(u64::MAX));
    let constraints = Constraints::new().size_limit(limits);
    let mut parts = Multipart::with_constraints(body.into_data_stream(), boundary, constraints);
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut file = None;
    let failed = |error: multer::Error| failure(&error, max_bytes);
    let mut count = 0;
    let mut text_bytes = 0;
    while let Some(part) = parts.next_field().await.map_err(failed)? {
        count += 1;
        if count > MOST_PARTS || text_bytes > FIELD_BYTES {
            return Err(PageError::TooLarge(
                "the form has more fields, or more text, than its page has places for".to_owned(),
            ));
        }
        let name = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(ending) {
            Some(ending) => {
                let bytes = part.bytes().await.map_err(failed)?.to_vec();
                if bytes.len() > max_bytes {
                    return Err(too_large(max_bytes));
                }
                // A form sends a file without a name if none was chosen.
                if !bytes.is_empty() || !ending.is_empty() {
                    file = Some(SentFile { ending, bytes });
                }
            }
            None => {
                let text = part.text().await.map_err(failed)?;
                text_bytes += text.len();
                match fields.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, lines)) => {
                        lines.push('\n');
                        lines.push_str(&text);
                    }
                    None => fields.push((name, text)),
                }
            }
        }
    }
    Ok(FileForm {
        fields: Parameters::new(fields),
        file,
    })
}

/// The ending of a file's name. Nothing else of a name is used: it is whatever its sender wants it to be.
fn ending(name: &str) -> String {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_plain = ending.len() <= 8 && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match (name.is_empty(), is_plain) {
        (true, _) => String::new(),
        (false, true) if !ending.is_empty() => ending.to_ascii_lowercase(),
        _ => "?".to_owned(),
    }
}

fn failure(error: &multer::Error, max_bytes: usize) -> PageError {
    match error {
        multer::Error::StreamSizeExceeded { .. } | multer::Error::FieldSizeExceeded { .. } => {
            too_large(max_bytes)
        }
        _ => PageError::NotDone(
            "the form did not arrive completely: the connection was lost, or the file was changed \
             while it was sent"
                .to_owned(),
        ),
    }
}

fn too_large(max_bytes: usize) -> PageError {
    let megabytes = max_bytes / (1024 * 1024);
    PageError::TooLarge(format!(
        "the file is larger than {megabytes} MB: send a smaller one, or divide it"
    ))
}

#[cfg(test)]
mod tests {
    use super::ending;

    #[test]
    fn only_the_ending_of_a_name_is_used() {
        for (name, expected) in [
            ("Strategy.PDF", "pdf"),
            ("..\\..\\etc\\passwd.docx", "docx"),
            ("a.pdf\r\nSet-Cookie: b", "?"),
            ("<script>.<b>", "?"),
            ("strategy", "?"),
            ("strategy.", "?"),
            ("a.pdf.exe", "exe"),
            ("", ""),
        ] {
            assert_eq!(ending(name), expected, "{name:?}");
        }
    }
}
