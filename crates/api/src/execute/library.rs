//! The fields that async-graphql answers: introspection and the federation SDL.

use super::answer::ShownError;
use crate::api::Engine;
use crate::project::plan::{Selection, Target};
use crate::project::write::Segment;
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{PathSegment, Response, Value, Variables};
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
pub(crate) struct Said {
    response: Option<Response>,
}

impl Said {
    /// Asks the library, if the selection has any field of it.
    pub(crate) fn to(
        engine: &Engine,
        selection: &Selection,
        document: &ExecutableDocument,
        name: Option<&str>,
        given: &Variables,
    ) -> Said {
        let mut fields = selection.fields.iter();
        if !fields.any(|field| field.target == Target::Library) {
            return Said::default();
        }
        let mut request = async_graphql::Request::new("").variables(given.clone());
        if let Some(name) = name {
            request = request.operation_name(name);
        }
        request.set_parsed_query(document.clone());
        Said {
            response: Some(wait_for(engine.library.execute(request))),
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

fn segment(segment: &PathSegment) -> Segment {
    match segment {
        PathSegment::Field(key) => Segment::Key(key.clone()),
        PathSegment::Index(index) => Segment::Index(*index),
    }
}
