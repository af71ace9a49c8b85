//! `DocumentLink`: where a client finds a document of results.

use super::cycle::Cycle;
use super::output::Output;
use crate::project::leaves::Id;
use crate::project::object;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use wcc_core::framework::DocumentKind;

/// Characters that are not themselves in the path of an address. A slash is a part of the code of a
/// cycle, and separates the parts of the path.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// In the place of the code of a body, in the address of a document: all bodies of the cycle.
pub const ALL_BODIES: &str = "all";

/// A document in a format.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DocumentLink<'a> {
    cycle: Cycle<'a>,
    body: &'a str,
    kind: DocumentKind,
    format: &'a str,
}

impl<'a> DocumentLink<'a> {
    /// The documents on a body. An assessor's own view of a function has none.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = DocumentLink<'a>> {
        let kinds = match output.data.assessor {
            Some(_) => &[],
            None => DocumentKind::on(output.data.kind),
        };
        let each = kinds.iter();
        each.flat_map(move |kind| DocumentLink::in_each_format(output.cycle, output.code(), *kind))
    }

    /// The overviews of a cycle: of all its bodies, and of each authority that has some.
    pub(crate) fn of_cycle(cycle: Cycle<'a>) -> impl Iterator<Item = DocumentLink<'a>> {
        let organisations = &cycle.assured.cycle.organisations;
        let assurance = &cycle.assured.assurance;
        let authorities = assurance.authorities(organisations).into_iter();
        let authorities = authorities.map(|authority| organisations.body(authority).code.as_str());
        let all = (!assurance.outputs.is_empty()).then_some(ALL_BODIES);
        let bodies = all.into_iter().chain(authorities);
        bodies.flat_map(move |body| DocumentLink::in_each_format(cycle, body, DocumentKind::Region))
    }

    fn in_each_format(
        cycle: Cycle<'a>,
        body: &'a str,
        kind: DocumentKind,
    ) -> impl Iterator<Item = DocumentLink<'a>> {
        let formats = cycle.picture.document_formats().iter();
        formats.map(move |format| DocumentLink {
            cycle,
            body,
            kind,
            format,
        })
    }

    fn url(&self) -> String {
        let (cycle, body) = (self.cycle.code(), self.body);
        let path = format!(
            "/reports/{cycle}/{body}/{}.{}",
            self.kind.name(),
            self.format
        );
        utf8_percent_encode(&path, ESCAPED).to_string()
    }
}

object! {
    /// A document of results in a format, for people: made on request from what whoever asks for it
    /// may see.
    DocumentLink<'a> as "DocumentLink" => |link| {
        /// What it is: `panel-report`, `scorecard`, `cluster`, `function` or `region`.
        kind: Id<'a> = Id(link.kind.name());
        /// Its format, which is the ending of its file: `pdf`, `html`, `docx`, `xlsx` or `txt`.
        format: &'a str = link.format;
        /// Code of the body; `all` for an overview of every body of the cycle.
        body: Id<'a> = Id(link.body);
        /// Where it is on this server: send the same credentials.
        url: String = link.url();
    }
}
