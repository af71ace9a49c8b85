//! The addresses of documents.

use wcc_document::DocumentKind;
use wcc_render::Format;

/// What a client asks for: `CYCLE/BODY/KIND.FORMAT`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// Code of the cycle; it may have slashes.
    pub(super) cycle: String,
    /// Code of the body.
    pub(super) body: String,
    pub(super) kind: DocumentKind,
    pub(super) format: Format,
}

impl Address {
    pub(super) fn parse(path: &str) -> Option<Address> {
        let (rest, file) = path.rsplit_once('/')?;
        let (cycle, body) = rest.rsplit_once('/')?;
        let (kind, format) = file.split_once('.')?;
        Some(Address {
            cycle: cycle.to_owned(),
            body: body.to_owned(),
            kind: DocumentKind::named(kind)?,
            // A file of text is called `.txt`, as everywhere.
            format: Format::ALL
                .into_iter()
                .find(|one| one.extension() == format)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Address;
    use wcc_document::DocumentKind;
    use wcc_render::Format;

    #[test]
    fn an_address_is_read_from_its_end() {
        let address = Address::parse("england/2009-10/5PK/panel-report.docx");
        let expected = Address {
            cycle: "england/2009-10".to_owned(),
            body: "5PK".to_owned(),
            kind: DocumentKind::PanelReport,
            format: Format::Docx,
        };
        assert_eq!(address, Some(expected));
        for wrong in [
            "",
            "5PK/panel-report.html",
            "a/b/report.html",
            "a/b/region.doc",
            "a/b/region",
        ] {
            assert_eq!(Address::parse(wrong), None, "{wrong}");
        }
    }
}
