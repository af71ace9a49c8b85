//! Finds out whether an operation selects what is not part of a programme: surveys, messages and withdrawn marks of a
//! cycle. It is outside the programme, so it is read before such an answer is written, and the answer is not stored.

use crate::project::plan::{Children, Selection, Target};
use crate::project::{ObjectInfo, TypeInfo};
use async_graphql::parser::types::{ExecutableDocument, Selection as Selected, SelectionSet};

/// The type with the fields.
const TYPE: &str = "Cycle";
/// The field of surveys.
pub(super) const SURVEYS: &str = "surveys";
/// The field of messages.
pub(super) const MESSAGES: &str = "messages";
/// The field of withdrawn marks.
pub(super) const WITHDRAWN_MARKS: &str = "withdrawnMarks";

/// Whether a document selects a field of a name anywhere.
pub(super) fn is_named(document: &ExecutableDocument, name: &str) -> bool {
    let operations = document.operations.iter();
    let operations = operations.map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values();
    let fragments = fragments.map(|fragment| &fragment.node.selection_set.node);
    let mut sets = operations.chain(fragments);
    sets.any(|set| is_named_in(set, name))
}

fn is_named_in(set: &SelectionSet, name: &str) -> bool {
    set.items.iter().any(|item| match &item.node {
        Selected::Field(field) => {
            field.node.name.node == name || is_named_in(&field.node.selection_set.node, name)
        }
        Selected::InlineFragment(fragment) => is_named_in(&fragment.node.selection_set.node, name),
        Selected::FragmentSpread(_) => false,
    })
}

/// Whether a selection of a type selects a field of a cycle.
pub(super) fn is_selected(ty: &TypeInfo, selection: &Selection, name: &str) -> bool {
    match ty {
        TypeInfo::Object(object) => is_selected_of(object, selection, name),
        _ => false,
    }
}

/// Whether what is selected of a field of a type selects a field of a cycle.
fn is_selected_by(ty: &TypeInfo, children: &Children, name: &str) -> bool {
    match (ty, children) {
        (_, Children::Leaf) => false,
        (TypeInfo::Interface(interface), children) => {
            let possible = interface.possible.iter().enumerate();
            let mut possible = possible.map(|(at, named)| (named(), children.possible(at)));
            possible.any(|(ty, selection)| is_selected(ty, selection, name))
        }
        (ty, children) => is_selected(ty, children.object(), name),
    }
}

fn is_selected_of(object: &ObjectInfo, selection: &Selection, name: &str) -> bool {
    selection.fields.iter().any(|planned| {
        let Target::Field(position) = planned.target else {
            return false;
        };
        let Some(field) = object.fields.get(usize::from(position)) else {
            return false;
        };
        (object.name == TYPE && field.name == name)
            || is_selected_by((field.ty.named)(), &planned.children, name)
    })
}
