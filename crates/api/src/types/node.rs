//! `Node`: everything that can be fetched again by its global identifier.

use super::body::{Body, BodyView, Cluster, Function, Pct, Sha};
use super::challenge::Challenge;
use super::cycle::Cycle;
use super::finding::Finding;
use super::framework::Framework;
use super::ids::{Kind, NodeId};
use super::indicator::Indicator;
use super::measure::{Component, Measure};
use super::output::Output;
use super::plugin::Plugin;
use crate::picture::Picture;
use crate::project::interface;

interface! {
    /// Anything with a global identifier, by which it can be queried again.
    Node<'a> as "Node" of [
        Cycle, Framework, Component, Measure, Sha, Cluster, Pct, Function, Plugin, Output, Finding,
        Challenge, Indicator,
    ] {
        /// The global identifier. It is opaque; codes are for people.
        id: NodeId<'a>;
    }
}

impl<'a> Node<'a> {
    /// The object that an id identifies; `None` if it does not exist.
    pub(crate) fn with_id(picture: &'a Picture, encoded: &str) -> Option<Node<'a>> {
        let id = NodeId::decode(encoded)?;
        let parts: Vec<&str> = id.parts.iter().map(AsRef::as_ref).collect();
        match (id.kind, parts.as_slice()) {
            (Kind::Cycle, [code]) => Cycle::with_code(picture, code).map(Node::Cycle),
            (Kind::Framework, [code]) => Framework::with_code(picture, code).map(Node::Framework),
            (Kind::Component, [framework, code]) => {
                let framework = Framework::with_code(picture, framework)?;
                let index = framework.data.find_component(code)?;
                Some(Node::Component(framework.component(index)))
            }
            (Kind::Measure, [framework, code]) => {
                let framework = Framework::with_code(picture, framework)?;
                let index = framework.data.find_measure(code)?;
                Some(Node::Measure(framework.measure(index)))
            }
            (Kind::Body, [code]) => {
                let body = BodyView::with_code(picture, code)?;
                Some(Node::of_body(Body::of(body)))
            }
            (Kind::Plugin, [code]) => Plugin::with_code(picture, code).map(Node::Plugin),
            (Kind::Output, [cycle, body, assessor @ ..]) => {
                let cycle = Cycle::with_code(picture, cycle)?;
                let assessor = assessor.first().copied();
                Output::with_codes(cycle, body, assessor).map(Node::Output)
            }
            (Kind::Finding, [cycle, ..]) => {
                let cycle = Cycle::with_code(picture, cycle)?;
                Finding::with_id(cycle, &id).map(Node::Finding)
            }
            (Kind::Challenge, [cycle, body, measure, method, assessor @ ..]) => {
                let cycle = Cycle::with_code(picture, cycle)?;
                let assessor = assessor.first().copied();
                Challenge::with_parts(cycle, [body, measure, method], assessor).map(Node::Challenge)
            }
            (Kind::Indicator, [cycle, code, series]) => {
                let cycle = Cycle::with_code(picture, cycle)?;
                Indicator::with_codes(cycle, code, series).map(Node::Indicator)
            }
            _ => None,
        }
    }

    fn of_body(body: Body<'a>) -> Node<'a> {
        match body {
            Body::Sha(sha) => Node::Sha(sha),
            Body::Cluster(cluster) => Node::Cluster(cluster),
            Body::Pct(pct) => Node::Pct(pct),
            Body::Function(function) => Node::Function(function),
        }
    }
}
