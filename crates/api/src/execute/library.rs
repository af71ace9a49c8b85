//! The fields that async-graphql resolves: introspection and the federation SDL.
//!
//! async-graphql answers null for an object if directives exclude all of its fields. To prevent
//! this, each selection that may end up empty gets a placeholder field, which is removed from the
//! answer.

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

/// Completes a future that never waits for anything external. This holds for async-graphql here,
/// because all resolvers are immediately ready.
pub(crate) fn wait_for<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        // A pending future only needs to be polled again.
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// async-graphql's response to the fields of a selection that it resolves.
#[derive(Debug, Default)]
pub(crate) struct LibraryResponse {
    response: Option<Response>,
}

impl LibraryResponse {
    /// Executes the request with async-graphql, if the selection has any such field.
    pub(crate) fn execute(
        engine: &Engine,
        selection: &Selection,
        document: &ExecutableDocument,
        name: Option<&str>,
        raw_variables: &Variables,
    ) -> LibraryResponse {
        let mut fields = selection.fields.iter();
        if !fields.any(|field| field.target == Target::Library) {
            return LibraryResponse::default();
        }
        let mut request = async_graphql::Request::new("").variables(raw_variables.clone());
        if let Some(name) = name {
            request = request.operation_name(name);
        }
        let mut document = document.clone();
        for operation in operations(&mut document) {
            add_placeholders(operation);
        }
        for fragment in document.fragments.values_mut() {
            add_placeholders(&mut fragment.node.selection_set.node);
        }
        request.set_parsed_query(document);
        let mut response = wait_for(engine.library.execute(request));
        remove_placeholders(&mut response.data);
        LibraryResponse {
            response: Some(response),
        }
    }

    /// The value under a response key; `None` if resolving it failed.
    pub(crate) fn value(&self, key: &str) -> Option<&Value> {
        match &self.response.as_ref()?.data {
            Value::Object(fields) => fields.get(key),
            _ => None,
        }
    }

    /// The errors of its fields.
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

/// The response key of placeholder fields. The space keeps it distinct from any name in a query.
const PLACEHOLDER: &str = "placeholder here";

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

/// Adds a placeholder to each selection within a set that may end up empty.
fn add_placeholders(set: &mut SelectionSet) {
    for item in &mut set.items {
        match &mut item.node {
            Selected::Field(field) => {
                let set = &mut field.node.selection_set.node;
                add_placeholders(set);
                if !set.items.is_empty() && !set.items.iter().any(|item| is_certain(&item.node)) {
                    set.items.push(placeholder(field.pos));
                }
            }
            Selected::InlineFragment(inline) => {
                add_placeholders(&mut inline.node.selection_set.node)
            }
            Selected::FragmentSpread(_) => {}
        }
    }
}

/// Whether a selection is a field that no directive can exclude.
fn is_certain(selection: &Selected) -> bool {
    matches!(selection, Selected::Field(field) if field.node.directives.is_empty())
}

fn placeholder(position: Pos) -> Positioned<Selected> {
    let at = |name| Positioned::new(Name::new(name), position);
    let field = Field {
        alias: Some(at(PLACEHOLDER)),
        name: at("__typename"),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet { items: Vec::new() }, position),
    };
    Positioned::new(Selected::Field(Positioned::new(field, position)), position)
}

/// Removes the placeholders from an answer.
fn remove_placeholders(value: &mut Value) {
    match value {
        Value::List(items) => items.iter_mut().for_each(remove_placeholders),
        Value::Object(fields) => {
            fields.shift_remove(PLACEHOLDER);
            fields.values_mut().for_each(remove_placeholders);
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
