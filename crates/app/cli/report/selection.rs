//! Which documents are written: the kind and the bodies.

use super::Arguments;
use crate::cli::Failure;
use crate::cli::assure::{RequestedBody, with_body};
use std::collections::BTreeSet;
use wcc_case::nearest;
use wcc_core::{BodyIndex, BodyKind};
use wcc_document::{Document, DocumentKind, Source};
use wcc_programme::AssuredCycle;

/// Maximum number of codes listed in a message.
const MAX_LISTED: usize = 20;

/// Reads a kind of document. `group` is another word for a cluster.
pub(super) fn kind(name: &str) -> Result<DocumentKind, String> {
    let name = match name {
        "group" => DocumentKind::Cluster.name(),
        other => other,
    };
    DocumentKind::named(name).ok_or_else(|| {
        let names = DocumentKind::ALL.map(DocumentKind::name);
        let hint =
            nearest(name, names).map_or_else(String::new, |near| format!(", did you mean {near}?"));
        format!("expected {}{hint}", wcc_core::words::any_of(names))
    })
}

/// A document to write.
#[derive(Clone, Copy, Debug)]
pub(super) struct Job {
    pub(super) kind: DocumentKind,
    /// Position of the cycle among those that are read.
    pub(super) cycle: usize,
    /// The body; `None` for the overview of all.
    pub(super) body: Option<BodyIndex>,
}

impl Job {
    pub(super) fn document(&self, sources: &[Source<'_>]) -> Result<Document, Failure> {
        let source = sources.get(self.cycle);
        let source = source.ok_or_else(|| Failure::system("a cycle is missing"))?;
        wcc_document::build(self.kind, source, self.body)
            .map_err(|error| Failure::not_found(error.to_string()))
    }
}

/// What was asked for.
pub(super) struct Selection<'a> {
    requested: Option<RequestedBody<'a>>,
    authority: Option<&'a str>,
    all: bool,
    kind: Option<DocumentKind>,
}

impl<'a> Selection<'a> {
    pub(super) fn new(arguments: &'a Arguments) -> Selection<'a> {
        let options = [
            (BodyKind::Pct, &arguments.body),
            (BodyKind::Cluster, &arguments.group),
            (BodyKind::Function, &arguments.function),
        ];
        let mut requested = options
            .into_iter()
            .filter_map(|(kind, code)| Some((Some(kind), code.as_deref()?)));
        Selection {
            requested: requested.next(),
            authority: arguments.authority.as_deref(),
            all: arguments.all,
            kind: arguments.kind,
        }
    }

    /// The documents, in the order of cycles and codes.
    pub(super) fn jobs(&self, cycles: &[&AssuredCycle]) -> Result<Vec<Job>, Failure> {
        let jobs = match (self.requested, self.authority) {
            (Some(requested), _) => self.of_body(cycles, requested)?,
            (None, Some(authority)) => self.of_authority(cycles, authority)?,
            (None, None) => self.of_all(cycles)?,
        };
        if jobs.is_empty() {
            return Err(Failure::not_found(match self.kind {
                Some(kind) => format!(
                    "this case has nothing for a document of the kind `{}`",
                    kind.name()
                ),
                None => "this case has no results to write".to_owned(),
            }));
        }
        Ok(jobs)
    }

    fn of_body(
        &self,
        cycles: &[&AssuredCycle],
        requested: RequestedBody<'_>,
    ) -> Result<Vec<Job>, Failure> {
        let usual = requested.0.map(DocumentKind::on).and_then(<[_]>::first);
        let usual = usual.copied().unwrap_or(DocumentKind::PanelReport);
        let kind = self.kind.unwrap_or(usual);
        let found = with_body(cycles, Some(requested))?;
        let jobs = found.into_iter().filter_map(|(assured, body)| {
            let cycle = cycles
                .iter()
                .position(|other| std::ptr::eq(*other, assured))?;
            Some(Job { kind, cycle, body })
        });
        Ok(jobs.collect())
    }

    fn of_authority(&self, cycles: &[&AssuredCycle], code: &str) -> Result<Vec<Job>, Failure> {
        let kind = self.kind.unwrap_or(DocumentKind::Region);
        let mut jobs = Vec::new();
        let mut codes: BTreeSet<&str> = BTreeSet::new();
        for (cycle, assured) in cycles.iter().enumerate() {
            for region in assured.assurance.authorities(&assured.cycle.organisations) {
                let own = &assured.cycle.organisations.body(region).code;
                codes.insert(own);
                if own.eq_ignore_ascii_case(code) {
                    let body = Some(region);
                    jobs.push(Job { kind, cycle, body });
                }
            }
        }
        if jobs.is_empty() {
            let hint = nearest(code, codes.iter().copied())
                .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            let listed: Vec<&str> = codes.into_iter().take(MAX_LISTED).collect();
            return Err(Failure::not_found(format!(
                "no body of this case is in the region of `{code}`{hint} (regions: {})",
                listed.join(", ")
            )));
        }
        Ok(jobs)
    }

    /// Everything that documents of the kind are about; without `--all` only if that is one document
    /// for each cycle.
    fn of_all(&self, cycles: &[&AssuredCycle]) -> Result<Vec<Job>, Failure> {
        let kind = self.kind.unwrap_or(DocumentKind::PanelReport);
        let mut jobs = Vec::new();
        for (cycle, assured) in cycles.iter().enumerate() {
            let bodies = bodies(assured, kind);
            if bodies.len() > 1 && !self.all {
                return Err(several(assured, kind, &bodies));
            }
            jobs.extend(bodies.into_iter().map(|body| Job { kind, cycle, body }));
        }
        Ok(jobs)
    }
}

/// Everything of a cycle that documents of a kind are about.
fn bodies(assured: &AssuredCycle, kind: DocumentKind) -> Vec<Option<BodyIndex>> {
    let assurance = &assured.assurance;
    match kind {
        DocumentKind::PanelReport | DocumentKind::Scorecard => {
            let outputs = assurance.outputs.iter();
            outputs.map(|output| Some(output.body)).collect()
        }
        DocumentKind::Cluster => {
            let clusters = assurance.clusters.iter();
            clusters
                .filter(|cluster| cluster.output.is_some())
                .map(|cluster| cluster.cluster)
                .collect()
        }
        DocumentKind::Function => {
            let functions = assurance.functions.iter();
            functions.map(|function| Some(function.function)).collect()
        }
        DocumentKind::Region => {
            let regions = assured.assurance.authorities(&assured.cycle.organisations);
            match regions.is_empty() {
                true => vec![None],
                false => regions.into_iter().map(Some).collect(),
            }
        }
    }
}

fn several(assured: &AssuredCycle, kind: DocumentKind, bodies: &[Option<BodyIndex>]) -> Failure {
    let words = &assured.cycle.framework.words;
    let of = match kind {
        DocumentKind::PanelReport | DocumentKind::Scorecard => BodyKind::Pct,
        DocumentKind::Cluster => BodyKind::Cluster,
        DocumentKind::Function => BodyKind::Function,
        DocumentKind::Region => BodyKind::Sha,
    };
    let codes = bodies.iter().flatten();
    let codes: Vec<&str> = codes
        .map(|body| assured.cycle.organisations.body(*body).code.as_str())
        .take(MAX_LISTED)
        .collect();
    let ellipsis = if codes.len() < bodies.len() {
        ", ..."
    } else {
        ""
    };
    Failure::not_found(format!(
        "{} has {} of these: choose one with --{} CODE, or give --all ({}{ellipsis})",
        assured.cycle.id,
        bodies.len(),
        words.name(of),
        codes.join(", ")
    ))
}
