//! Node ids: one global, opaque identifier for everything that can be asked for again.

use crate::project::{Children, Project, TypeRef, Writer, Written, leaves};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::borrow::Cow;

/// What kind of thing an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A cycle, by its identifier.
    Cycle,
    /// A framework, by its identifier.
    Framework,
    /// A component, by framework and identifier.
    Component,
    /// A measure, by framework and identifier.
    Measure,
    /// A body of any kind, by its code.
    Body,
    /// A plugin, by its identifier.
    Plugin,
    /// An output, by cycle, body and (for one assessor's view of a function) assessor.
    Output,
    /// A finding, by cycle and position.
    Finding,
    /// A challenge, by cycle, body, measure, method and assessor, where there is one.
    Challenge,
}

impl Kind {
    const ALL: [Kind; 9] = [
        Kind::Cycle,
        Kind::Framework,
        Kind::Component,
        Kind::Measure,
        Kind::Body,
        Kind::Plugin,
        Kind::Output,
        Kind::Finding,
        Kind::Challenge,
    ];

    fn word(self) -> &'static str {
        match self {
            Kind::Cycle => "cycle",
            Kind::Framework => "framework",
            Kind::Component => "component",
            Kind::Measure => "measure",
            Kind::Body => "body",
            Kind::Plugin => "plugin",
            Kind::Output => "output",
            Kind::Finding => "finding",
            Kind::Challenge => "challenge",
        }
    }
}

/// A global identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NodeId<'a> {
    /// What it names.
    pub(crate) kind: Kind,
    /// The identifiers that name it.
    pub(crate) parts: Vec<Cow<'a, str>>,
}

/// Between the parts: no identifier has a line feed.
const BETWEEN: char = '\n';

impl<'a> NodeId<'a> {
    /// The id of a thing with these identifiers.
    pub(crate) fn new<const N: usize>(kind: Kind, parts: [&'a str; N]) -> NodeId<'a> {
        NodeId {
            kind,
            parts: parts.map(Cow::Borrowed).into(),
        }
    }

    /// The id as it is sent.
    pub(crate) fn encode(&self) -> String {
        let mut plain = self.kind.word().to_owned();
        for part in &self.parts {
            plain.push(BETWEEN);
            plain.push_str(part);
        }
        URL_SAFE_NO_PAD.encode(plain)
    }

    /// What an id that was sent names; `None` for anything else.
    pub(crate) fn decode(sent: &str) -> Option<NodeId<'static>> {
        let plain = URL_SAFE_NO_PAD.decode(sent).ok()?;
        let plain = String::from_utf8(plain).ok()?;
        let mut parts = plain.split(BETWEEN);
        let word = parts.next()?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.word() == word)?;
        Some(NodeId {
            kind,
            parts: parts.map(|part| Cow::Owned(part.to_owned())).collect(),
        })
    }

    /// The identifier in an id of this kind, where a thing of the kind has just one; for
    /// arguments that take a code or an id.
    pub(crate) fn single(sent: &str, kind: Kind) -> Option<String> {
        let id = NodeId::decode(sent)?;
        match id.parts.as_slice() {
            [only] if id.kind == kind => Some(only.to_string()),
            _ => None,
        }
    }
}

impl Project for NodeId<'_> {
    const TYPE: TypeRef = TypeRef::one(leaves::id);

    fn project(&self, children: &Children, out: &mut Writer) -> Written {
        self.encode().as_str().project(children, out)
    }
}
