//! Node ids: one global, opaque identifier for everything that can be fetched again.

use crate::project::{Children, Project, TypeRef, WriteResult, Writer, leaves};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::borrow::Cow;

/// The kind of object that an id identifies.
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
    /// An output, by cycle, body and, for one assessor's result of a function, assessor.
    Output,
    /// A finding, by cycle, body, check, subject and number.
    Finding,
    /// A challenge, by cycle, body, measure, method and, if there is one, assessor.
    Challenge,
    /// An indicator, by cycle, identifier and series.
    Indicator,
}

impl Kind {
    const ALL: [Kind; 10] = [
        Kind::Cycle,
        Kind::Framework,
        Kind::Component,
        Kind::Measure,
        Kind::Body,
        Kind::Plugin,
        Kind::Output,
        Kind::Finding,
        Kind::Challenge,
        Kind::Indicator,
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
            Kind::Indicator => "indicator",
        }
    }
}

/// A global identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NodeId<'a> {
    /// The kind of object.
    pub(crate) kind: Kind,
    /// The identifiers, outermost first.
    pub(crate) parts: Vec<Cow<'a, str>>,
}

/// Separates the parts. No identifier contains a line feed.
const SEPARATOR: char = '\n';

impl<'a> NodeId<'a> {
    /// The id of an object with these identifiers.
    pub(crate) fn new<const N: usize>(kind: Kind, parts: [&'a str; N]) -> NodeId<'a> {
        NodeId {
            kind,
            parts: parts.map(Cow::Borrowed).into(),
        }
    }

    /// The id as sent to clients.
    pub(crate) fn encode(&self) -> String {
        let mut plain = self.kind.word().to_owned();
        for part in &self.parts {
            plain.push(SEPARATOR);
            plain.push_str(part);
        }
        URL_SAFE_NO_PAD.encode(plain)
    }

    /// Decodes an id sent by a client; `None` if it is malformed.
    pub(crate) fn decode(encoded: &str) -> Option<NodeId<'static>> {
        let plain = URL_SAFE_NO_PAD.decode(encoded).ok()?;
        let plain = String::from_utf8(plain).ok()?;
        let mut parts = plain.split(SEPARATOR);
        let word = parts.next()?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.word() == word)?;
        Some(NodeId {
            kind,
            parts: parts.map(|part| Cow::Owned(part.to_owned())).collect(),
        })
    }

    /// The identifier within an id of this kind, if it has exactly one. Used for arguments that
    /// accept a code or an id.
    pub(crate) fn single(encoded: &str, kind: Kind) -> Option<String> {
        let id = NodeId::decode(encoded)?;
        match id.parts.as_slice() {
            [only] if id.kind == kind => Some(only.to_string()),
            _ => None,
        }
    }
}

impl Project for NodeId<'_> {
    const TYPE: TypeRef = TypeRef::one(leaves::id);

    fn project(&self, children: &Children, out: &mut Writer) -> WriteResult {
        self.encode().as_str().project(children, out)
    }
}
