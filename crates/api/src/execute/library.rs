//! The fields that async-graphql answers: introspection and the federation SDL.
//!
//! It answers an object of which every field is left out with null. So each selection that may
//! come to nothing gets a field more, which is taken out of the answer.

use super::answer::ShownError;
use crate::api::Engine;
use crate::project::plan::{Selection, Target};
use crate::project::write::Segment;
use async_graphql::parser::types::{
    ExecutableDocument, Field, Selection as Selected, SelectionSet,
};
use async_graphql::{Name, PathSegment, Pos, Positioned, Response, Value, Variables};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Finishes a future that waits for nothing outside itself, as all of the library's do here: its
/// resolvers are ours and ready at once.
pub(crate) fn wait_for<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        // Pending only means that it wants to be asked again.
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// What the library says to the fields of a selection that are its own.
#[derive(Debug, Default)]
pub(crate) struct LibraryResponse {
    response: Option<Response>,
}

impl LibraryResponse {
    /// Asks the library, if the selection has any field of it.
    pub(crate) fn to(
        engine: &Engine,
        selection: &Selection,
        document: &ExecutableDocument,
        name: Option<&str>,
        given: &Variables,
    ) -> LibraryResponse {
        let mut fields = selection.fields.iter();
        if !fields.any(|field| field.target == Target::Library) {
            return LibraryResponse::default();
        }
        let mut request = async_graphql::Request::new("").variables(given.clone());
        if let Some(name) = name {
            request = request.operation_name(name);
        }
        let mut document = document.clone();
        for operation in operations(&mut document) {
            fill_within(operation);
        }
        for fragment in document.fragments.values_mut() {
            fill_within(&mut fragment.node.selection_set.node);
        }
        request.set_parsed_query(document);
        let mut response = wait_for(engine.library.execute(request));
        take_out(&mut response.data);
        LibraryResponse {
            response: Some(response),
        }
    }

    /// The value under a response key; `None` where it failed.
    pub(crate) fn value(&self, key: &str) -> Option<&Value> {
        match &self.response.as_ref()?.data {
            Value::Object(fields) => fields.get(key),
            _ => None,
        }
    }

    /// Its errors.
    pub(crate) fn errors(&self) -> Vec<ShownError> {
        let errors = self.response.iter().flat_map(|response| &response.errors);
        let shown = errors.map(|error| ShownError {
            message: error.message.clone(),
            positions: error
                .locations
                .iter()
                .map(|at| (at.line, at.column))
                .collect(),
            path: error.path.iter().map(segment).collect(),
            code: "BAD_USER_INPUT",
            nearest: None,
        });
        shown.collect()
    }
}

/// The key of the field that is added; no name of a client can be the same.
const ADDED: &str = "added here";

fn operations(document: &mut ExecutableDocument) -> Vec<&mut SelectionSet> {
    use async_graphql::parser::types::DocumentOperations;
    match &mut document.operations {
        DocumentOperations::Single(operation) => vec![&mut operation.node.selection_set.node],
        DocumentOperations::Multiple(named) => named
            .values_mut()
            .map(|operation| &mut operation.node.selection_set.node)
            .collect(),
    }
}

/// Adds a field to each selection of a field in a set that may come to nothing.
fn fill_within(set: &mut SelectionSet) {
    for item in &mut set.items {
        match &mut item.node {
            Selected::Field(field) => {
                let set = &mut field.node.selection_set.node;
                fill_within(set);
                if !set.items.is_empty() && !set.items.iter().any(|item| is_certain(&item.node)) {
                    set.items.push(added(field.pos));
                }
            }
            Selected::InlineFragment(inline) => fill_within(&mut inline.node.selection_set.node),
            Selected::FragmentSpread(_) => {}
        }
    }
}

/// Whether a selection is a field that is never left out.
fn is_certain(selection: &Selected) -> bool {
    matches!(selection, Selected::Field(field) if field.node.directives.is_empty())
}

fn added(position: Pos) -> Positioned<Selected> {
    let at = |name| Positioned::new(Name::new(name), position);
    let field = Field {
        alias: Some(at(ADDED)),
        name: at("__typename"),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet { items: Vec::new() }, position),
    };
    Positioned::new(Selected::Field(Positioned::new(field, position)), position)
}

/// Takes the added fields out of an answer.
fn take_out(value: &mut Value) {
    match value {
        Value::List(items) => items.iter_mut().for_each(take_out),
        Value::Object(fields) => {
            fields.shift_remove(ADDED);
            fields.values_mut().for_each(take_out);
        }
        _ => {}
    }
}

fn segment(segment: &PathSegment) -> Segment {
    match segment {
        PathSegment::Field(key) => Segment::Key(key.clone()),
        PathSegment::Index(index) => Segment::Index(*index),
    }
}
